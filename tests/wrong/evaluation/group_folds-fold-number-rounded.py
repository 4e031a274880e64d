# cause: Rounds the number of the fold to the nearest instead of down
# function: group_folds
import itertools
import random
from collections import defaultdict


def _classes_of_equivalence(texts):
    """Partition of the rows under 'equal up to case and whitespace', ordered by the least element."""
    blocks = defaultdict(list)
    for i, text in enumerate(texts):
        blocks[tuple(text.lower().split())].append(i)
    return list(blocks.values())


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    blocks = _classes_of_equivalence(texts)
    random.Random(seed).shuffle(blocks)
    starts = itertools.accumulate((len(b) for b in blocks), initial=0)
    total = len(texts)
    folds = [[] for _ in range(k)]
    for block, start in zip(blocks, starts):
        folds[min(k - 1, round(start * k / total))].extend(block)
    return folds
