# cause: Draws any word of the text, and an unknown one costs its insertion
# function: random_insertion
def random_insertion(tokens, n, lexicon, rng):
    new = list(tokens)
    for _ in range(n):
        if not tokens:
            break
        word = rng.choice(tokens)
        synonyms = [s for s in lexicon.get(word, ()) if s != word]
        if not synonyms:
            continue
        new.insert(rng.randint(0, len(new)), rng.choice(synonyms))
    return new
