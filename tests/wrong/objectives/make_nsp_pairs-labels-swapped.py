# cause: The labels are swapped: 1 for a true continuation and 0 for a stranger.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    pairs = []
    long = [i for i, d in enumerate(documents) if len(d) > 1]
    for _ in range(n_pairs):
        if rng.random() < 0.5:
            d = documents[rng.choice(long)]
            i = rng.randrange(len(d) - 1)
            pairs.append((d[i], d[i + 1], 1))
        else:
            x, y = rng.sample(range(len(documents)), 2)
            pairs.append((rng.choice(documents[x]), rng.choice(documents[y]), 0))
    return pairs
