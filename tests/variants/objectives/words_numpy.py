"""whole_word_mask orders the words by random keys and takes them by numpy; it returns an array's list of 0 and 1."""

import numpy as np


def whole_word_mask(word_ids, p, rng):
    numbers = np.array([-1 if number is None else number for number in word_ids])
    changes = np.r_[True, numbers[1:] != numbers[:-1]]
    run = np.cumsum(changes)
    ordinary = numbers >= 0
    budget = max(1, int(np.floor(p * ordinary.sum() + 0.5)))
    chosen = np.zeros(len(numbers), dtype=int)
    for one in sorted(np.unique(run[ordinary]).tolist(), key=lambda _: rng.random()):
        places = run == one
        if chosen.sum() + places.sum() <= budget:
            chosen[places] = 1
    return chosen.tolist()
