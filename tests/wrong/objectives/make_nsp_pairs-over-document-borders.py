# cause: All documents are joined to one list, so the last sentence of one counts as followed by the first of the next.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    flat = []
    for k, doc in enumerate(documents):
        for s in doc:
            flat.append((k, s))
    pairs = []
    while len(pairs) < n_pairs:
        i = rng.randrange(len(flat) - 1)
        k, first = flat[i]
        if rng.random() < 0.5:
            pairs.append((first, flat[i + 1][1], 0))
        else:
            other = [s for kk, s in flat if kk != k]
            pairs.append((first, rng.choice(other), 1))
    return pairs
