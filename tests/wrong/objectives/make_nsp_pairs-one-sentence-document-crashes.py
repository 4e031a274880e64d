# cause: A document of one sentence may be drawn for a consecutive pair, where randrange(0) raises a ValueError.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    result = []
    for _ in range(n_pairs):
        doc_id = rng.randrange(len(documents))
        doc = documents[doc_id]
        i = rng.randrange(len(doc) - 1)
        if rng.random() < 0.5:
            result.append((doc[i], doc[i + 1], 0))
        else:
            other = rng.choice([j for j in range(len(documents)) if j != doc_id])
            result.append((doc[i], rng.choice(documents[other]), 1))
    return result
