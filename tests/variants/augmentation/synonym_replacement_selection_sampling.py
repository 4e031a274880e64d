"""synonym_replacement: selection sampling (Knuth's algorithm S) in one pass from left to right, written as a
generator.
"""

import random
from collections.abc import Iterator

NEGATIONS = frozenset({"not", "no", "never"})


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = NEGATIONS,
) -> list[str]:
    choices = [
        [] if token in protected else [word for word in lexicon.get(token, []) if word != token] for token in tokens
    ]

    def walk() -> Iterator[str]:
        wanted, left = n, sum(map(bool, choices))
        for token, words in zip(tokens, choices, strict=False):
            if not words:
                yield token
                continue
            if rng.random() * left < wanted:
                wanted -= 1
                yield words[rng.randrange(len(words))]
            else:
                yield token
            left -= 1

    return list(walk())
