# cause: Deals the groups out from the largest to the smallest, as GroupKFold does, without shuffling, so the seed changes nothing
# function: group_folds
from collections import defaultdict


def group_folds(texts, k=5, seed=42):
    groups = defaultdict(list)
    for row, text in enumerate(texts):
        groups[" ".join(text.lower().split())].append(row)
    folds = [[] for _ in range(k)]
    for rows in sorted(groups.values(), key=len, reverse=True):
        smallest = min(folds, key=len)
        smallest.extend(rows)
    return folds
