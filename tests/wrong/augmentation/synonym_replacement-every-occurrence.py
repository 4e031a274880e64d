# cause: As in the original EDA code, n distinct words are drawn and each is replaced wherever it occurs, so more than n positions may change.
# function: synonym_replacement
import random

NEGATIONS = frozenset({"not", "no", "never"})


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = NEGATIONS,
) -> list[str]:
    """Replace the words at n random positions by synonyms, except for protected words."""
    new_words = list(tokens)
    candidates = list(dict.fromkeys(word for word in tokens if word not in protected))
    rng.shuffle(candidates)
    replaced = 0
    for word in candidates:
        if replaced >= n:
            break
        synonyms = [other for other in lexicon.get(word, []) if other != word]
        if synonyms:
            synonym = rng.choice(synonyms)
            new_words = [synonym if old == word else new for old, new in zip(tokens, new_words)]
            replaced += 1
    return new_words
