# cause: Compares in lower case, so that "Not" is protected as well
# function: synonym_replacement
def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    result = tokens[:]
    can_change = []
    for i, word in enumerate(tokens):
        if word.lower() in protected:
            continue
        if set(lexicon.get(word, [])) - {word}:
            can_change.append(i)
    rng.shuffle(can_change)
    for i in can_change[:n]:
        result[i] = rng.choice([s for s in lexicon[tokens[i]] if s != tokens[i]])
    return result
