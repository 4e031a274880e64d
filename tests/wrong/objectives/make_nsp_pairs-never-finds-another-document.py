# cause: The stranger is redrawn until its document equals the first one, the condition being the wrong way round, so it comes from the same document.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    candidates = [i for i in range(len(documents)) if len(documents[i]) > 1]
    out = []
    for _ in range(n_pairs):
        i = rng.choice(candidates)
        j = rng.randrange(len(documents[i]) - 1)
        if rng.random() < 0.5:
            out.append((documents[i][j], documents[i][j + 1], 0))
        else:
            k = rng.randrange(len(documents))
            while k != i:
                k = rng.randrange(len(documents))
            out.append((documents[i][j], rng.choice(documents[k]), 1))
    return out
