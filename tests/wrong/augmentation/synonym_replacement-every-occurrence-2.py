# cause: as in EDA's code, a drawn word is replaced wherever it occurs, not at the drawn position alone
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
    options = {word: [other for other in lexicon.get(word, []) if other != word] for word in tokens}
    positions = [i for i, word in enumerate(tokens) if options[word] and word not in protected]
    result = list(tokens)
    for i in rng.sample(positions, min(n, len(positions))):
        synonym = rng.choice(options[tokens[i]])
        result = [synonym if old == tokens[i] else new for old, new in zip(tokens, result)]
    return result
