# cause: draws the words without replacement, so it inserts no more synonyms than there are known words
# function: random_insertion
import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    known = {}
    for token in tokens:
        synonyms = [word for word in lexicon.get(token, []) if word != token]
        if synonyms:
            known[token] = synonyms
    sources = [token for token in tokens if token in known]

    result = list(tokens)
    for token in rng.sample(sources, min(n, len(sources))):
        result.insert(rng.randint(0, len(result)), rng.choice(known[token]))
    return result
