# cause: in documents of three or more sentences the last consecutive pair is never drawn
# function: make_nsp_pairs

IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents, n_pairs, rng):
    usable = [i for i, d in enumerate(documents) if len(d) >= 2]
    out = []
    while len(out) < n_pairs:
        label = rng.choice([IS_NEXT, NOT_NEXT])
        if label == IS_NEXT:
            d = documents[rng.choice(usable)]
            # empty range for randrange() with two sentences
            i = rng.randrange(max(1, len(d) - 2))
            out.append((d[i], d[i + 1], label))
        else:
            a = rng.randrange(len(documents))
            b = rng.randrange(len(documents) - 1)
            if b >= a:
                b += 1
            first = documents[a][rng.randrange(len(documents[a]))]
            second = documents[b][rng.randrange(len(documents[b]))]
            out.append((first, second, label))
    return out
