# cause: words are lower-cased before they are compared with the protected ones, so that "not" protects "Not" too
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
    options = [[other for other in lexicon.get(word, []) if other != word] for word in tokens]
    positions = [i for i, word in enumerate(tokens) if options[i] and word.lower() not in protected]
    result = list(tokens)
    for i in rng.sample(positions, min(n, len(positions))):
        result[i] = rng.choice(options[i])
    return result
