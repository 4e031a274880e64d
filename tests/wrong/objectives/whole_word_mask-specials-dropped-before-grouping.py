# cause: The special tokens are removed before neighbours are grouped, so a one-word text and the first word of the second text (both index 0) become one word across the [SEP].
# function: whole_word_mask
import random
from itertools import groupby


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    ordinary = [(i, word) for i, word in enumerate(word_ids) if word is not None]
    words = [[i for i, _ in group] for _, group in groupby(ordinary, key=lambda pair: pair[1])]
    budget = max(1, round(p * len(ordinary)))

    rng.shuffle(words)
    selected = [False] * len(word_ids)
    used = 0
    for word in words:
        if used + len(word) <= budget:
            used += len(word)
            for i in word:
                selected[i] = True
    return selected
