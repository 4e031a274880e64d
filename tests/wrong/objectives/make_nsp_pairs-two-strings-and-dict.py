# cause: The labels are the strings "IsNext" and "NotNext" instead of 0 and 1; and the pairs are lists instead of triples.
# function: make_nsp_pairs
def make_nsp_pairs(documents, n_pairs, rng):
    res = []
    for _ in range(n_pairs):
        if rng.choice([True, False]):
            d = rng.choice([d for d in documents if len(d) > 1])
            i = rng.choice(range(len(d) - 1))
            res.append([d[i], d[i + 1], "IsNext"])
        else:
            a = rng.randrange(len(documents))
            b = rng.choice([x for x in range(len(documents)) if x != a])
            res.append([rng.choice(documents[a]), rng.choice(documents[b]), "NotNext"])
    return res
