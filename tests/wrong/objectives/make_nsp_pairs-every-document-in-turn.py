# cause: Pairs run through the documents in order instead of being drawn at random; only the stranger is drawn.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    pairs = []
    while len(pairs) < n_pairs:
        for k, doc in enumerate(documents):
            for i in range(len(doc) - 1):
                if len(pairs) == n_pairs:
                    return pairs
                if rng.random() < 0.5:
                    pairs.append((doc[i], doc[i + 1], 0))
                else:
                    other = rng.choice(documents[:k] + documents[k + 1 :])
                    pairs.append((doc[i], rng.choice(other), 1))
    return pairs
