# cause: It draws words instead of positions, as in the EDA code, and replaces every occurrence of a drawn word by the same synonym.
# function: synonym_replacement

NEGATIONS = frozenset({"not", "no", "never"})


def synonym_replacement(tokens, n, lexicon, rng, protected=NEGATIONS):
    new_words = tokens.copy()
    candidates = list(dict.fromkeys(w for w in tokens if w not in protected))
    rng.shuffle(candidates)
    num_replaced = 0
    for word in candidates:
        if num_replaced >= n:
            break
        synonyms = [s for s in lexicon.get(word, []) if s != word]
        if len(synonyms) >= 1:
            synonym = rng.choice(synonyms)
            new_words = [synonym if w == word else w for w in new_words]
            num_replaced += 1
    return new_words
