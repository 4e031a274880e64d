# cause: never writes a protected word either, so a word whose only synonyms are protected does not count as known
# function: synonym_replacement
import random


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = frozenset({"not", "no", "never"}),
) -> list[str]:
    options = {}
    for i, token in enumerate(tokens):
        if token in protected:
            continue
        synonyms = [s for s in lexicon.get(token, []) if s != token and s not in protected]
        if synonyms:
            options[i] = synonyms

    new_tokens = list(tokens)
    for i in rng.sample(list(options), min(n, len(options))):
        new_tokens[i] = rng.choice(options[i])
    return new_tokens
