# cause: Words are drawn instead of positions, and each synonym is written at the first occurrence of its word.
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
    result = list(tokens)
    words = [t for t in tokens if t not in protected and set(lexicon.get(t, [])) - {t}]
    if len(words) == 0:
        return result
    n = min(n, len(words))
    for word in rng.sample(words, n):
        synonyms = [s for s in lexicon[word] if s != word]
        result[result.index(word)] = rng.choice(synonyms)
    return result
