"""make_nsp_pairs: lists all consecutive pairs beforehand and draws among them; two different documents come from
one rng.sample.
"""

import random
from itertools import pairwise


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    true = [pair for document in documents for pair in pairwise(document)]

    def follow() -> tuple[str, str]:
        return rng.choice(true)

    def jump() -> tuple[str, str]:
        here, there = rng.sample(range(len(documents)), k=2)
        return rng.choice(documents[here]), rng.choice(documents[there])

    return [((follow, jump)[label]() + (label,)) for label in rng.choices((0, 1), k=n_pairs)]
