# cause: Draws a fold at random for every group instead of giving it to a fold with room, so the folds are of very different sizes
# function: group_folds
import random
from collections import defaultdict


def group_folds(texts, k=5, seed=42):
    rng = random.Random(seed)
    where = defaultdict(lambda: rng.randrange(k))
    folds = [[] for _ in range(k)]
    for i, text in enumerate(texts):
        folds[where[" ".join(text.casefold().split())]].append(i)
    return folds
