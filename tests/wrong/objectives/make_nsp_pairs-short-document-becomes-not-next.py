# cause: where the document drawn has a single sentence an IsNext pair becomes a NotNext pair, so the labels are no longer half and half
# function: make_nsp_pairs
import random


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    pairs = []
    for _ in range(n_pairs):
        d = rng.randrange(len(documents))
        doc = documents[d]
        if rng.random() < 0.5 and len(doc) > 1:
            i = rng.randrange(len(doc) - 1)
            pairs.append((doc[i], doc[i + 1], 0))
        else:
            other = rng.randrange(len(documents) - 1)
            if other >= d:
                other += 1
            pairs.append((rng.choice(doc), rng.choice(documents[other]), 1))
    return pairs
