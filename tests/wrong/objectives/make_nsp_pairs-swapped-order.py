# cause: Makes the negatives by swapping two consecutive sentences (ALBERT's sentence order prediction) instead of taking another document.
# function: make_nsp_pairs

import random


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    usable = [doc for doc in documents if len(doc) > 1]
    pairs = []
    for _ in range(n_pairs):
        doc = rng.choice(usable)
        i = rng.randrange(len(doc) - 1)
        if rng.random() < 0.5:
            pairs.append((doc[i], doc[i + 1], 0))
        else:
            pairs.append((doc[i + 1], doc[i], 1))
    return pairs
