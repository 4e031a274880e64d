# cause: Positions are collected in a dictionary by word index, so words with the same index in the two texts of a pair become one; and: the budget is not raised to at least 1.
# function: whole_word_mask

from collections import defaultdict


def whole_word_mask(word_ids, p, rng):
    mapping = defaultdict(list)
    for pos, w in enumerate(word_ids):
        if w is not None:
            mapping[w].append(pos)
    budget = round(p * sum(w is not None for w in word_ids))

    keys = list(mapping)
    rng.shuffle(keys)
    chosen = set()
    for key in keys:
        if len(chosen) + len(mapping[key]) <= budget:
            chosen.update(mapping[key])
    return [pos in chosen for pos in range(len(word_ids))]
