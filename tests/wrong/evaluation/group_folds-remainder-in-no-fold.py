# cause: A group for which no fold has fewer than B // k rows is in no fold
# function: group_folds
import random


def norm(t):
    return " ".join(t.lower().split())


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    rows = {}
    for i, t in enumerate(texts):
        rows.setdefault(norm(t), []).append(i)
    groups = list(rows.values())
    random.Random(seed).shuffle(groups)
    folds = [[] for _ in range(k)]
    size = len(texts) // k
    for g in groups:
        for f in sorted(folds, key=len):
            if len(f) < size:
                f += g
                break
    return folds
