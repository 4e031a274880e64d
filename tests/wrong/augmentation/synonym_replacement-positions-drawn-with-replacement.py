# cause: draws the positions with replacement, so the same one may be drawn twice and fewer than n change
# function: synonym_replacement
import random


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = frozenset({"not", "no", "never"}),
) -> list[str]:
    synonyms = {
        i: [word for word in lexicon.get(token, []) if word != token]
        for i, token in enumerate(tokens)
        if token not in protected
    }
    candidates = [i for i, words in synonyms.items() if words]
    result = list(tokens)
    if not candidates:
        return result
    for i in rng.choices(candidates, k=min(n, len(candidates))):
        result[i] = rng.choice(synonyms[i])
    return result
