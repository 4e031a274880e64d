# cause: The place is drawn with randint(0, len - 1), as in the EDA code, so nothing is ever inserted after the last word.
# function: random_insertion


def random_insertion(tokens, n, lexicon, rng):
    new_words = list(tokens)
    options = []
    for w in tokens:
        syns = [s for s in lexicon.get(w, []) if s != w]
        if syns:
            options.append(syns)
    if not options:
        return new_words
    for _ in range(n):
        synonym = rng.choice(rng.choice(options))
        place = rng.randint(0, len(new_words) - 1)
        new_words.insert(place, synonym)
    return new_words
