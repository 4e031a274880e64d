# cause: Looks up lexicon[word] without asking whether it is there, an unknown word raises KeyError; and: inserts into the list of the caller
# function: random_insertion
def random_insertion(tokens, n, lexicon, rng):
    synonyms = []
    for word in tokens:
        own = [s for s in lexicon[word] if s != word]
        if own:
            synonyms.append(own)
    for _ in range(n if synonyms else 0):
        tokens.insert(rng.randint(0, len(tokens)), rng.choice(rng.choice(synonyms)))
    return tokens
