# cause: the synonym is inserted right before or right after its word
# function: random_insertion


def _syns(w, lexicon):
    return [s for s in lexicon.get(w, ()) if s != w]


def random_insertion(tokens, n, lexicon, rng):
    out = tokens[:]
    if not any(_syns(t, lexicon) for t in out):
        return out
    for _ in range(n):
        i = rng.choice([i for i, t in enumerate(out) if _syns(t, lexicon)])
        out.insert(i + rng.randint(0, 1), rng.choice(_syns(out[i], lexicon)))
    return out
