# cause: Rng.sample is asked for n positions even if there are fewer, and raises ValueError
# function: synonym_replacement
def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    def others(word):
        return [s for s in lexicon.get(word, []) if s != word]

    places = [i for i, w in enumerate(tokens) if w not in protected and others(w)]
    chosen = set(rng.sample(places, n))
    return [rng.choice(others(w)) if i in chosen else w for i, w in enumerate(tokens)]
