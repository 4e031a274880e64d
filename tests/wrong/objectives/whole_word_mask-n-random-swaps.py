# cause: The words are shuffled by as many random transpositions as there are words.
# function: whole_word_mask
import random
from itertools import groupby


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    words = [list(run) for w, run in groupby(range(len(word_ids)), lambda t: word_ids[t]) if w is not None]
    n = len(words)
    # transpositions generate the symmetric group: a random permutation is a product of random transpositions
    for _ in range(n):
        i, j = rng.randrange(n), rng.randrange(n)
        words[i], words[j] = words[j], words[i]
    budget = max(1, round(p * sum(map(len, words))))
    selected: set[int] = set()
    for word in words:
        if len(selected) + len(word) <= budget:
            selected |= set(word)
    return [t in selected for t in range(len(word_ids))]
