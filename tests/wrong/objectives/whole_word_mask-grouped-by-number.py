# cause: Collects the places of a word in a dictionary by number, so words of two texts with the same number are one
# function: whole_word_mask
from collections import defaultdict


def whole_word_mask(word_ids, p, rng):
    mapping = defaultdict(list)
    for idx, wid in enumerate(word_ids):
        if wid is not None:
            mapping[wid].append(idx)
    total = sum(len(v) for v in mapping.values())
    budget = max(1, round(total * p))
    order = list(mapping)
    rng.shuffle(order)
    flags, used = [False] * len(word_ids), 0
    for wid in order:
        if used + len(mapping[wid]) <= budget:
            used += len(mapping[wid])
            for idx in mapping[wid]:
                flags[idx] = True
    return flags
