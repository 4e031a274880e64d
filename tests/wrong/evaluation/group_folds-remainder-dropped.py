# cause: Groups are dealt in full rounds of k only, and the groups left over when their number is no multiple of k are lost.
# function: group_folds

import random


def group_folds(texts, k=5, seed=42):
    groups = {}
    for i, t in enumerate(texts):
        groups.setdefault(" ".join(t.lower().split()), []).append(i)
    groups = list(groups.values())
    random.Random(seed).shuffle(groups)
    groups.sort(key=len, reverse=True)
    folds = [[] for _ in range(k)]
    for round_no in range(len(groups) // k):
        for j in range(k):
            folds[j].extend(groups[round_no * k + j])
    return folds
