# cause: with nothing to insert, an empty list is returned instead of the text
# function: random_insertion
def random_insertion(tokens, n, lexicon, rng):
    grown = list(tokens)
    known = [word for word in tokens if any(one != word for one in lexicon.get(word, []))]
    if n == 0:
        return []
    if not known:
        return grown
    for _ in range(n):
        word = rng.choice(known)
        synonym = rng.choice([one for one in lexicon[word] if one != word])
        grown.insert(rng.randint(0, len(grown)), synonym)
    return grown
