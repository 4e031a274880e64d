"""Shuffles the candidates and takes them until n are done."""


def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    result = list(tokens)
    places = list(range(len(tokens)))
    rng.shuffle(places)
    done = 0
    for place in places:
        if done >= n:
            break
        word = tokens[place]
        if word in protected:
            continue
        synonyms = [synonym for synonym in lexicon.get(word, []) if synonym != word]
        if not synonyms:
            continue
        result[place] = synonyms[rng.randrange(len(synonyms))]
        done += 1
    return result
