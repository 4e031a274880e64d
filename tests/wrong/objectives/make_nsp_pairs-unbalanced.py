# cause: The coin is loaded: only one pair in five is a true continuation.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    out = []
    multi = [d for d in documents if len(d) > 1]
    for _ in range(n_pairs):
        if rng.randint(0, 4) == 0:
            d = rng.choice(multi)
            i = rng.randrange(len(d) - 1)
            out.append((d[i], d[i + 1], 0))
        else:
            i = rng.randrange(len(documents))
            j = rng.choice([n for n in range(len(documents)) if n != i])
            out.append((rng.choice(documents[i]), rng.choice(documents[j]), 1))
    return out
