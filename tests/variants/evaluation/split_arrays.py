"""numpy arrays come back; rows are taken until the share is reached, so the last group may overshoot."""

import numpy as np


def group_split(texts, labels, test_size=0.2, seed=42):
    groups = {}
    for index, text in enumerate(texts):
        groups.setdefault(tuple(text.lower().split()), []).append(index)
    per_class = {}
    for rows in groups.values():
        votes = [labels[row] for row in rows]
        per_class.setdefault(max(set(votes), key=votes.count), []).append(rows)
    state = np.random.RandomState(seed)
    test = []
    for label in sorted(per_class):
        candidates = per_class[label]
        target = test_size * sum(len(rows) for rows in candidates)
        taken = 0
        for place in state.permutation(len(candidates))[:-1]:
            if taken >= target - 1e-9:
                break
            test.extend(candidates[place])
            taken += len(candidates[place])
    test = np.array(sorted(test), dtype=np.int64)
    return np.setdiff1d(np.arange(len(texts)), test), test
