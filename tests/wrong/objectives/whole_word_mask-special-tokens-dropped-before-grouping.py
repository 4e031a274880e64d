# cause: The special tokens are taken out before neighbours are joined, so a last word 0 before [SEP] and a first word 0 behind it are one.
# function: whole_word_mask
import random
from itertools import groupby


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    ordinary = [i for i, word in enumerate(word_ids) if word is not None]
    words = [list(run) for _, run in groupby(ordinary, key=lambda i: word_ids[i])]
    rng.shuffle(words)
    budget = max(1, round(p * len(ordinary)))
    selected = [False] * len(word_ids)
    taken = 0
    for word in words:
        if taken + len(word) > budget:
            continue
        taken += len(word)
        for position in word:
            selected[position] = True
    return selected
