"""random_insertion: draws words (each different word once), synonyms and old gaps up front, then merges two
sorted streams by key.
"""

import heapq
import random


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    other = {word: [s for s in lexicon.get(word, ()) if s != word] for word in dict.fromkeys(tokens)}
    known = [word for word, synonyms in other.items() if synonyms]
    if not known or n < 1:
        return list(tokens)
    words = rng.choices(known, k=n)
    gaps = sorted(rng.choices(range(len(tokens) + 1), k=n))
    new = [(2 * gap, rng.choice(other[word])) for gap, word in zip(gaps, words, strict=False)]
    old = [(2 * place + 1, token) for place, token in enumerate(tokens)]
    return [token for _, token in heapq.merge(old, new, key=lambda pair: pair[0])]
