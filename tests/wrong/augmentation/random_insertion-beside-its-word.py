# cause: The synonym is inserted right after the word it belongs to instead of at a random place.
# function: random_insertion


def random_insertion(tokens, n, lexicon, rng):
    out = tokens[:]

    def synonyms(word):
        return [s for s in lexicon.get(word, ()) if s != word]

    for _ in range(n):
        known = [i for i, word in enumerate(out) if synonyms(word)]
        if not known:
            break
        i = rng.choice(known)
        out.insert(i + 1, rng.choice(synonyms(out[i])))
    return out
