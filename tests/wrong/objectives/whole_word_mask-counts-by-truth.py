# cause: The number of ordinary tokens is counted by truthiness, so tokens of a word with the index 0 are not counted.
# function: whole_word_mask

from itertools import groupby
import random


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    words = [[*g] for w, g in groupby(range(len(word_ids)), word_ids.__getitem__) if w is not None]
    left = round(p * sum(map(bool, word_ids))) or 1
    out = [False] * len(word_ids)
    for w in rng.sample(words, len(words)):
        if len(w) <= left:
            left -= len(w)
            for i in w:
                out[i] = True
    return out
