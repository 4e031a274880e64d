"""Candidates are the distinct known words; a set of synonyms, in a fixed order."""

import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    candidates = {word: sorted(set(lexicon.get(word, [])) - {word}) for word in dict.fromkeys(tokens)}
    candidates = {word: synonyms for word, synonyms in candidates.items() if synonyms}
    result = tokens.copy()
    while candidates and n > 0:
        word = rng.choice(list(candidates))
        result.insert(int(rng.random() * (len(result) + 1)), candidates[word][rng.randrange(len(candidates[word]))])
        n -= 1
    return result
