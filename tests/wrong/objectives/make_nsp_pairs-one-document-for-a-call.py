# cause: The document of the IsNext pairs is drawn once before the loop, so all of them come from one document.
# function: make_nsp_pairs

import random

IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    pairs = []
    long_docs = [d for d in documents if len(d) > 1]
    doc = rng.choice(long_docs)
    for _ in range(n_pairs):
        if rng.random() < 0.5:
            i = rng.randrange(len(doc) - 1)
            pairs.append((doc[i], doc[i + 1], IS_NEXT))
        else:
            a, b = rng.sample(range(len(documents)), 2)
            pairs.append((rng.choice(documents[a]), rng.choice(documents[b]), NOT_NEXT))
    return pairs
