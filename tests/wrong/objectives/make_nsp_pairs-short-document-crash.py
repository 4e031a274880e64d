# cause: Draws a positive pair from any document, so a document of one sentence raises (empty range).
# function: make_nsp_pairs

import random

IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    pairs = []
    for _ in range(n_pairs):
        d = rng.randrange(len(documents))
        doc = documents[d]
        if rng.random() < 0.5:
            i = rng.randrange(len(doc) - 1)
            pairs.append((doc[i], doc[i + 1], IS_NEXT))
        else:
            other = rng.choice([e for e in range(len(documents)) if e != d])
            pairs.append((rng.choice(doc), rng.choice(documents[other]), NOT_NEXT))
    return pairs
