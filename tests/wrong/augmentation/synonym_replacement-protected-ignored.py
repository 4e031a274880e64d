# cause: The argument protected is never looked at
# function: synonym_replacement
def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    out = list(tokens)
    positions = [i for i, t in enumerate(out) if [s for s in lexicon.get(t, []) if s != t]]
    for i in rng.sample(positions, min(n, len(positions))):
        out[i] = rng.choice([s for s in lexicon[out[i]] if s != out[i]])
    return out
