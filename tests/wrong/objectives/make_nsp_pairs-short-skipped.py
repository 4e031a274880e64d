# cause: Skips the round when the drawn document is too short for a positive pair, so fewer than n_pairs come out.
# function: make_nsp_pairs

import random

IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    out = []
    for _ in range(n_pairs):
        d = rng.randrange(len(documents))
        document = documents[d]
        if rng.random() < 0.5:
            if len(document) < 2:
                continue
            start = rng.randrange(0, len(document) - 1)
            out.append((document[start], document[start + 1], IS_NEXT))
        else:
            e = rng.randrange(len(documents) - 1)
            if e >= d:
                e += 1
            out.append((rng.choice(document), rng.choice(documents[e]), NOT_NEXT))
    return out
