# cause: The place in the document is never drawn: every first sentence is the opening of its document.
# function: make_nsp_pairs

import random


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    result = []
    while len(result) < n_pairs:
        if rng.random() < 0.5:
            candidates = [d for d in documents if len(d) >= 2]
            doc = rng.choice(candidates)
            result.append((doc[0], doc[1], 0))
        else:
            i = rng.randrange(len(documents))
            j = rng.choice([x for x in range(len(documents)) if x != i])
            result.append((documents[i][0], rng.choice(documents[j]), 1))
    return result
