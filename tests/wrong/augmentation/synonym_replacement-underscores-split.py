# cause: a synonym is split at its underscores, as if WordNet had written it, and becomes two tokens
# function: synonym_replacement
def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    options = {}
    for place, token in enumerate(tokens):
        synonyms = [one for one in lexicon.get(token, []) if one != token]
        if synonyms and token not in protected:
            options[place] = synonyms
    chosen = {place: rng.choice(options[place]) for place in rng.sample(list(options), min(n, len(options)))}
    result = []
    for place, token in enumerate(tokens):
        result.extend(chosen[place].split("_") if place in chosen else [token])
    return result
