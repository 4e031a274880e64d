# cause: The last consecutive pair of a document can never be drawn (randrange up to len - 2), and a document of two sentences crashes.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    pairs = []
    good = [d for d in documents if len(d) > 1]
    for _ in range(n_pairs):
        if rng.random() < 0.5:
            d = good[rng.randrange(len(good))]
            i = rng.randrange(len(d) - 2)
            pairs.append((d[i], d[i + 1], 0))
        else:
            i, j = rng.sample(range(len(documents)), k=2)
            pairs.append((rng.choice(documents[i]), rng.choice(documents[j]), 1))
    return pairs
