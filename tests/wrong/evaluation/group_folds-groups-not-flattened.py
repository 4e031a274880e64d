# cause: each fold is a list of groups, not of rows
# function: group_folds
import random
from collections import defaultdict


def group_folds(texts, k=5, seed=42):
    groups = defaultdict(list)
    for i, text in enumerate(texts):
        groups[" ".join(text.lower().split())].append(i)
    groups = list(groups.values())
    random.Random(seed).shuffle(groups)
    folds = [[] for _ in range(k)]
    for group in sorted(groups, key=len, reverse=True):
        min(folds, key=lambda fold: sum(map(len, fold))).append(group)
    return folds
