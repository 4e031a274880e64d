# cause: Gives every fold n // k groups and forgets the groups that are left over, so some rows are in no fold
# function: group_folds
import random


def group_folds(texts, k=5, seed=42):
    groups = {}
    for i, t in enumerate(texts):
        groups.setdefault(" ".join(t.lower().split()), []).append(i)
    groups = list(groups.values())
    random.Random(seed).shuffle(groups)
    size = len(groups) // k
    folds = []
    for f in range(k):
        folds.append([row for g in groups[f * size : (f + 1) * size] for row in g])
    return folds
