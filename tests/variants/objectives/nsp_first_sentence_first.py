"""make_nsp_pairs draws the first sentence before it tosses the coin, and the other document until it is another one."""


def make_nsp_pairs(documents, n_pairs, rng):
    result = []
    while len(result) < n_pairs:
        d = rng.randrange(len(documents))
        i = rng.randrange(len(documents[d]))
        if i + 1 == len(documents[d]):
            continue
        if rng.uniform(0, 1) > 0.5:
            other = d
            while other == d:
                other = rng.randrange(len(documents))
            result.append((documents[d][i], documents[other][rng.randint(0, len(documents[other]) - 1)], 1))
        else:
            result.append((documents[d][i], documents[d][i + 1], 0))
    return tuple(result)
