"""The next group goes into the fold with the fewest rows; tuples come back."""

from collections import defaultdict

import torch


def group_folds(texts, k=5, seed=42):
    together = defaultdict(list)
    for row, text in enumerate(texts):
        together[tuple(text.upper().split())].append(row)
    groups = list(together.values())
    order = torch.randperm(len(groups), generator=torch.Generator().manual_seed(seed)).tolist()
    folds = [() for _ in range(k)]
    for place in order:
        smallest = min(range(k), key=lambda fold: len(folds[fold]))
        folds[smallest] += tuple(groups[place])
    return tuple(folds)
