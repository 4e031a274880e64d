# cause: Draws n positions among all of the text and then leaves those that cannot change, so too few change
# function: synonym_replacement
def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    new = list(tokens)
    for i in rng.sample(range(len(tokens)), min(n, len(tokens))):
        w = tokens[i]
        if w in protected:
            continue
        synonyms = [s for s in lexicon.get(w, []) if s != w]
        if synonyms:
            new[i] = rng.choice(synonyms)
    return new
