# cause: Labels 1 for a true continuation as in many tutorials; and: a heads on a one-sentence document is turned into a negative, so there are more negatives
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    pairs = []
    for _ in range(n_pairs):
        idx = rng.randint(0, len(documents) - 1)
        doc = documents[idx]
        if len(doc) > 1 and rng.random() > 0.5:
            start = rng.randint(0, len(doc) - 2)
            pairs.append((doc[start], doc[start + 1], 1))
        else:
            other = idx
            while other == idx:
                other = rng.randint(0, len(documents) - 1)
            pairs.append((rng.choice(doc), rng.choice(documents[other]), 0))
    return pairs
