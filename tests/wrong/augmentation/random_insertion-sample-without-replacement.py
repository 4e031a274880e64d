# cause: Draws the words without replacement, so there are at most as many insertions as known words
# function: random_insertion
def random_insertion(tokens, n, lexicon, rng):
    known = [t for t in tokens if any(s != t for s in lexicon.get(t, []))]
    result = list(tokens)
    for word in rng.sample(known, min(n, len(known))):
        synonym = rng.choice([s for s in lexicon[word] if s != word])
        result.insert(rng.randrange(len(result) + 1), synonym)
    return result
