# cause: When heads meets a document of one sentence the pair is skipped, so fewer pairs than n_pairs come out
# function: make_nsp_pairs
IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents, n_pairs, rng):
    out = []
    for _ in range(n_pairs):
        d = rng.randrange(len(documents))
        doc = documents[d]
        if rng.random() < 0.5:
            if len(doc) < 2:
                continue
            k = rng.randrange(len(doc) - 1)
            out.append((doc[k], doc[k + 1], IS_NEXT))
        else:
            other = rng.choice([i for i in range(len(documents)) if i != d])
            out.append((rng.choice(doc), rng.choice(documents[other]), NOT_NEXT))
    return out
