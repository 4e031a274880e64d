# cause: Puts the synonym right behind its word instead of at a random place
# function: random_insertion
def random_insertion(tokens, n, lexicon, rng):
    out = list(tokens)
    known = [t for t in tokens if any(s != t for s in lexicon.get(t, []))]
    if not known:
        return out
    for _ in range(n):
        word = rng.choice(known)
        synonym = rng.choice([s for s in lexicon[word] if s != word])
        out.insert(out.index(word) + 1, synonym)
    return out
