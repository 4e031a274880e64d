# cause: Draws the second sentence of a negative pair from all documents, its own included.
# function: make_nsp_pairs

import random

IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    long_enough = [d for d in documents if len(d) >= 2]
    pairs = []
    for _ in range(n_pairs):
        if rng.random() < 0.5:
            doc = rng.choice(long_enough)
            i = rng.randrange(len(doc) - 1)
            pairs.append((doc[i], doc[i + 1], IS_NEXT))
        else:
            first = rng.choice(rng.choice(documents))
            second = rng.choice(rng.choice(documents))
            pairs.append((first, second, NOT_NEXT))
    return pairs
