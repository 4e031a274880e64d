# cause: Rng.randint(0, len - 1) as the place, so nothing is ever inserted behind the last token (as in the EDA code)
# function: random_insertion
def random_insertion(tokens, n, lexicon, rng):
    out = list(tokens)
    options = [[s for s in lexicon.get(t, []) if s != t] for t in tokens]
    options = [o for o in options if o]
    if not options:
        return out
    for _ in range(n):
        synonym = rng.choice(rng.choice(options))
        out.insert(rng.randint(0, len(out) - 1), synonym)
    return out
