"""whole_word_mask: words from itertools.groupby, their order from random keys, the budget as a running rest; a
bool tensor comes back.
"""

import random
from itertools import groupby

import torch


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    words = []
    for index, run in groupby(enumerate(word_ids), key=lambda pair: pair[1]):
        places = [place for place, _ in run]
        if index is not None:
            words.append((rng.random(), places))
    words.sort()
    rest = max(1, int(p * sum(len(places) for _, places in words) + 0.5))
    selected = torch.zeros(len(word_ids), dtype=torch.bool)
    for _, places in words:
        if len(places) <= rest:
            selected[places] = True
            rest -= len(places)
    return selected
