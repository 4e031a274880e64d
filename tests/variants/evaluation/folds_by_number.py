"""Shuffled texts are dealt out one after the other, the frequent ones first."""

import random
from collections import Counter


def group_folds(texts, k=5, seed=42):
    keys = [" ".join(text.casefold().split()) for text in texts]
    names = sorted(set(keys))
    random.Random(seed).shuffle(names)
    names.sort(key=Counter(keys).get, reverse=True)
    fold_of = {name: place % k for place, name in enumerate(names)}
    return [[row for row, key in enumerate(keys) if fold_of[key] == fold] for fold in range(k)]
