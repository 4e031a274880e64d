# cause: Draws from the module random instead of from the rng that was passed.
# function: make_nsp_pairs

import random

IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    positives = [(doc[i], doc[i + 1]) for doc in documents for i in range(len(doc) - 1)]
    result = []
    for _ in range(n_pairs):
        if random.random() > 0.5:
            a, b = random.choice(positives)
            result.append((a, b, IS_NEXT))
        else:
            i, j = random.sample(range(len(documents)), k=2)
            result.append((random.choice(documents[i]), random.choice(documents[j]), NOT_NEXT))
    return result
