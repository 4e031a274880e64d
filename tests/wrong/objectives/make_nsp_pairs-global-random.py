# cause: The random module itself is used instead of the given rng, so equal seeds give different pairs.
# function: make_nsp_pairs
import random


def make_nsp_pairs(documents, n_pairs, rng):
    longer = [d for d in documents if len(d) > 1]
    pairs = []
    for _ in range(n_pairs):
        if random.random() < 0.5:
            doc = random.choice(longer)
            i = random.randrange(len(doc) - 1)
            pairs.append((doc[i], doc[i + 1], 0))
        else:
            a, b = random.sample(documents, 2)
            pairs.append((random.choice(a), random.choice(b), 1))
    return pairs
