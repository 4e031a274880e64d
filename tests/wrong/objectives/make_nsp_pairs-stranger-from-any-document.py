# cause: The second sentence of a negative pair is drawn from all sentences, those of the same document included.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    everything = [s for doc in documents for s in doc]
    usable = [doc for doc in documents if len(doc) >= 2]
    out = []
    for _ in range(n_pairs):
        doc = rng.choice(usable)
        i = rng.randint(0, len(doc) - 2)
        if rng.random() > 0.5:
            out.append((doc[i], doc[i + 1], 0))
        else:
            out.append((doc[i], rng.choice(everything), 1))
    return out
