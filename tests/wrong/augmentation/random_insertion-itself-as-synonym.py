# cause: Does not take a word out of its own synonyms, so the word itself is inserted again
# function: random_insertion
def random_insertion(tokens, n, lexicon, rng):
    result = tokens[:]
    known = [t for t in tokens if lexicon.get(t)]
    if not known:
        return result
    for _ in range(n):
        word = rng.choice(known)
        place = rng.randrange(len(result) + 1)
        result.insert(place, rng.choice(lexicon[word]))
    return result
