# cause: The second sentence of a negative pair is drawn from all documents, also the same one
# function: make_nsp_pairs
IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents, n_pairs, rng):
    long = [d for d in documents if len(d) > 1]
    everything = [s for d in documents for s in d]
    pairs = []
    while len(pairs) < n_pairs:
        if rng.random() < 0.5:
            doc = rng.choice(long)
            i = rng.randrange(len(doc) - 1)
            pairs.append((doc[i], doc[i + 1], IS_NEXT))
        else:
            pairs.append((rng.choice(rng.choice(documents)), rng.choice(everything), NOT_NEXT))
    return pairs
