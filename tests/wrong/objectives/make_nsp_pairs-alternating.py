# cause: Positive and negative pairs alternate instead of being decided by a coin.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    pairs = []
    n = len(documents)
    for k in range(n_pairs):
        if k % 2 == 0:
            doc = documents[rng.randrange(n)]
            while len(doc) < 2:
                doc = documents[rng.randrange(n)]
            i = rng.randrange(len(doc) - 1)
            pairs.append((doc[i], doc[i + 1], 0))
        else:
            i = rng.randrange(n)
            j = (i + rng.randrange(1, n)) % n
            pairs.append((rng.choice(documents[i]), rng.choice(documents[j]), 1))
    return pairs
