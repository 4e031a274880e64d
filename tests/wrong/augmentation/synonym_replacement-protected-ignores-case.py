# cause: Words are lowercased before they are compared with the protected ones, so "Not" is protected as well.
# function: synonym_replacement

NEGATIONS = frozenset({"not", "no", "never"})


def synonym_replacement(tokens, n, lexicon, rng, protected=NEGATIONS):
    choices = {}
    for i, tok in enumerate(tokens):
        if tok.lower() in protected:
            continue
        syn = [s for s in lexicon.get(tok, []) if s != tok]
        if syn:
            choices[i] = syn
    picked = set(rng.sample(sorted(choices), min(n, len(choices))))
    return [rng.choice(choices[i]) if i in picked else tok for i, tok in enumerate(tokens)]
