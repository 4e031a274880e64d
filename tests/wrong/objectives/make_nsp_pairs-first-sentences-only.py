# cause: A consecutive pair is always the beginning of its document; the place is not drawn.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    pairs = []
    with_next = [d for d in documents if len(d) >= 2]
    for _ in range(n_pairs):
        if rng.random() < 0.5:
            d = rng.choice(with_next)
            pairs.append((d[0], d[1], 0))
        else:
            d1 = rng.choice(documents)
            d2 = rng.choice([d for d in documents if d is not d1])
            pairs.append((rng.choice(d1), rng.choice(d2), 1))
    return pairs
