# cause: Takes any later sentence of the document as the continuation, not the one directly after.
# function: make_nsp_pairs

import random

IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    def positive():
        doc = rng.choice([d for d in documents if len(d) >= 2])
        i, j = sorted(rng.sample(range(len(doc)), 2))
        return doc[i], doc[j], IS_NEXT

    def negative():
        a, b = rng.sample(documents, 2)
        return rng.choice(a), rng.choice(b), NOT_NEXT

    return [positive() if rng.random() < 0.5 else negative() for _ in range(n_pairs)]
