# cause: Draws the positions with rng.choices, so the same position may be drawn twice and fewer than n change; and: a word may be replaced by itself
# function: synonym_replacement
def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    out = list(tokens)
    slots = [i for i, t in enumerate(tokens) if t not in protected and any(s != t for s in lexicon.get(t, []))]
    if not slots:
        return out
    for i in rng.choices(slots, k=min(n, len(slots))):
        out[i] = rng.choice(lexicon[tokens[i]])
    return out
