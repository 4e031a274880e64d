# cause: the positions are drawn from rng, the synonyms from the global generator
# function: synonym_replacement
import random


def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    result = list(tokens)
    options = {}
    for place, token in enumerate(tokens):
        synonyms = [one for one in lexicon.get(token, []) if one != token]
        if synonyms and token not in protected:
            options[place] = synonyms
    for place in rng.sample(list(options), min(n, len(options))):
        result[place] = random.choice(options[place])
    return result
