# cause: The labels alternate instead of being drawn for every pair.
# function: make_nsp_pairs

import random


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    long_enough = [doc for doc in documents if len(doc) >= 2]
    result = []
    for n in range(n_pairs):
        if n % 2 == 0:
            doc = rng.choice(long_enough)
            start = rng.randint(0, len(doc) - 2)
            result.append((doc[start], doc[start + 1], 0))
        else:
            one, two = rng.sample(range(len(documents)), 2)
            result.append((rng.choice(documents[one]), rng.choice(documents[two]), 1))
    return result
