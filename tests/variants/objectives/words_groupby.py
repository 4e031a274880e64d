"""whole_word_mask groups neighbours, samples an order with torch's dice seeded from rng, and returns a tuple."""

from itertools import groupby

import torch


def whole_word_mask(word_ids, p, rng):
    groups = [list(pairs) for _, pairs in groupby(enumerate(word_ids), key=lambda pair: pair[1])]
    words = [[place for place, number in group] for group in groups if group[0][1] is not None]
    generator = torch.Generator().manual_seed(rng.getrandbits(40))
    room = max(round(sum(len(word) for word in words) * p), 1)
    inside = set()
    for index in torch.randperm(len(words), generator=generator).tolist():
        if len(inside) + len(words[index]) > room:
            continue
        inside.update(words[index])
    return tuple(place in inside for place in range(len(word_ids)))
