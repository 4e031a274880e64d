# cause: Takes the synonym from synonym_replacement with its default protected words, so for a drawn negation the word itself is inserted.
# function: random_insertion
import random


NEGATIONS = frozenset({"not", "no", "never"})


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    text = tokens.copy()
    known = [token for token in tokens if set(lexicon.get(token, [])) - {token}]
    for token in rng.choices(known, k=n) if known else []:
        text[(place := rng.randint(0, len(text))) : place] = synonym_replacement([token], 1, lexicon, rng)
    return text


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = NEGATIONS,
) -> list[str]:
    options = {
        i: choices
        for i, token in enumerate(tokens)
        if token not in protected and (choices := list(filter(token.__ne__, lexicon.get(token, []))))
    }
    drawn = set(rng.sample(list(options), min(n, len(options))))
    return [rng.choice(options[i]) if i in drawn else token for i, token in enumerate(tokens)]
