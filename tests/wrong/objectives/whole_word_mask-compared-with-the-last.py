# cause: The first token is compared with word_ids[-1], the last one; if both have the same index (one word without special tokens) no word is begun, and an IndexError follows.
# function: whole_word_mask

import random

def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    words = []
    for i, w in enumerate(word_ids):
        if w is None:
            continue
        if w != word_ids[i - 1]:
            words.append([])
        words[-1].append(i)
    budget = max(1, round(p * sum(len(w) for w in words)))
    rng.shuffle(words)
    selected = [False] * len(word_ids)
    used = 0
    for positions in words:
        if used + len(positions) > budget:
            continue
        used += len(positions)
        for i in positions:
            selected[i] = True
    return selected
