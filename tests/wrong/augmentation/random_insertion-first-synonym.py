# cause: Always takes the first synonym instead of drawing one
# function: random_insertion
def random_insertion(tokens, n, lexicon, rng):
    candidates = []
    for tok in tokens:
        others = [s for s in lexicon.get(tok, []) if s != tok]
        if others:
            candidates.append(others[0])
    out = list(tokens)
    if candidates:
        for _ in range(n):
            out.insert(rng.randint(0, len(out)), rng.choice(candidates))
    return out
