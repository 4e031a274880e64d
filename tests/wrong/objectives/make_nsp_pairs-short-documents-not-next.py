# cause: The document is drawn before it is known whether it can give an IsNext pair, and one-sentence documents always become NotNext, so more than half of the pairs are NotNext.
# function: make_nsp_pairs


def make_nsp_pairs(documents, n_pairs, rng):
    pairs = []
    for _ in range(n_pairs):
        d = rng.randrange(len(documents))
        doc = documents[d]
        want_next = rng.random() < 0.5
        if want_next and len(doc) > 1:
            i = rng.randrange(len(doc) - 1)
            pairs.append((doc[i], doc[i + 1], 0))
        else:
            first = rng.choice(doc)
            other = rng.choice([e for e in range(len(documents)) if e != d])
            pairs.append((first, rng.choice(documents[other]), 1))
    return pairs
