# cause: Draws n distinct words and replaces every occurrence of them, as the EDA code does
# function: synonym_replacement
def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    words = list(tokens)
    candidates = sorted({w for w in tokens if w not in protected and any(s != w for s in lexicon.get(w, []))})
    rng.shuffle(candidates)
    for w in candidates[:n]:
        synonym = rng.choice([s for s in lexicon[w] if s != w])
        words = [synonym if old == w else new for old, new in zip(tokens, words)]
    return words
