# cause: The pair is turned round: the second sentence is the one that stands before the first.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    out = []
    multi = [d for d in documents if len(d) > 1]
    for _ in range(n_pairs):
        if rng.random() < 0.5:
            d = rng.choice(multi)
            i = rng.randrange(1, len(d))
            out.append((d[i], d[i - 1], 0))
        else:
            a, b = rng.sample(documents, 2)
            out.append((rng.choice(a), rng.choice(b), 1))
    return out
