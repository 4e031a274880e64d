# cause: p of 1 or more is taken for a number of tokens, so p = 1.0 gives a budget of one token instead of all.
# function: whole_word_mask
from __future__ import annotations
import random
from collections.abc import Sequence


def whole_word_mask(word_ids: Sequence[int | None], p: float | int, rng: random.Random) -> list[bool]:
    words: list[list[int]] = []
    for i, word in enumerate(word_ids):
        if word is None:
            continue
        if i > 0 and word_ids[i - 1] == word:
            words[-1].append(i)
        else:
            words.append([i])

    n_ordinary = sum(map(len, words))
    if p >= 1:  # a number of tokens
        budget = round(p)
    else:  # a share of the tokens
        budget = max(1, round(p * n_ordinary))

    chosen: set[int] = set()
    for word in sorted(words, key=lambda _: rng.random()):
        if len(word) <= budget - len(chosen):
            chosen |= set(word)
    return [i in chosen for i in range(len(word_ids))]
