# cause: The rows of the texts are collected in a mutable default argument, so later calls contain those of earlier ones
# function: group_folds
import random


def _rows(texts, found={}):  # noqa: B006
    for i, text in enumerate(texts):
        found.setdefault(" ".join(text.lower().split()), []).append(i)
    return [*found.values()]


def group_folds(texts, k=5, seed=42):
    groups = _rows(texts)
    random.Random(seed).shuffle(groups)
    groups.sort(key=len, reverse=True)
    return [sum(groups[i::k], []) for i in range(k)]
