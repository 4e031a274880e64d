# cause: After the shuffle the groups are sorted by size and by row, which puts them back into a fixed order, so the seed has no effect.
# function: group_folds

import random
from collections import defaultdict


def group_folds(texts, k=5, seed=42):
    rows_of = defaultdict(list)
    for row, text in enumerate(texts):
        rows_of[" ".join(text.casefold().split())].append(row)
    groups = list(rows_of.values())
    random.Random(seed).shuffle(groups)
    groups = sorted(groups, key=lambda rows: (-len(rows), rows))
    folds = [[] for _ in range(k)]
    for rows in groups:
        smallest = min(range(k), key=lambda f: len(folds[f]))
        folds[smallest] += rows
    return folds
