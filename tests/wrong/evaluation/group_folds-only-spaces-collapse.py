# cause: Only runs of spaces are collapsed, so texts that differ by a tab or a line break between words count as different.
# function: group_folds
import random
import re
from collections import defaultdict


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    """Cut a data set into k folds for cross-validation, so that equal texts are in the same fold."""
    groups = defaultdict(list)
    for row, text in enumerate(texts):
        groups[re.sub(" +", " ", text.strip().lower())].append(row)
    members = list(groups.values())
    random.Random(seed).shuffle(members)
    folds: list[list[int]] = [[] for _ in range(k)]
    for rows in members:
        min(folds, key=len).extend(rows)
    return folds
