# cause: The next sentence is taken modulo the length of the document, so after the last sentence its first one counts as the continuation.
# function: make_nsp_pairs

import random


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    long_ones = [i for i, doc in enumerate(documents) if len(doc) > 1]
    pairs = []
    for _ in range(n_pairs):
        if rng.random() < 0.5:
            doc = documents[rng.choice(long_ones)]
            place = rng.randrange(len(doc))
            pairs.append((doc[place], doc[(place + 1) % len(doc)], 0))
        else:
            one, other = rng.sample(range(len(documents)), 2)
            pairs.append((rng.choice(documents[one]), rng.choice(documents[other]), 1))
    return pairs
