# cause: Labels a true continuation 1 and a random sentence 0, the other way round than transformers.
# function: make_nsp_pairs

import random


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    indices = range(len(documents))
    with_pairs = [i for i in indices if len(documents[i]) > 1]
    out = []
    while len(out) < n_pairs:
        is_next = rng.random() < 0.5
        if is_next:
            d = documents[rng.choice(with_pairs)]
            k = rng.randint(0, len(d) - 2)
            a, b = d[k], d[k + 1]
        else:
            i, j = rng.sample(indices, 2)
            a, b = rng.choice(documents[i]), rng.choice(documents[j])
        out.append((a, b, int(is_next)))
    return out
