# cause: texts are taken until the target is reached, and nothing keeps one for training: in a class with a small and a large text both go to the test set
# function: group_split
import random
from collections import defaultdict


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rng = random.Random(seed)
    rows_of = defaultdict(list)
    for row, text in enumerate(texts):
        rows_of[" ".join(text.lower().split())].append(row)
    groups_of = defaultdict(list)
    for rows in rows_of.values():
        groups_of[int(labels[rows[0]])].append(rows)

    train, test = [], []
    for groups in groups_of.values():
        rng.shuffle(groups)
        target = test_size * sum(len(group) for group in groups)
        taken = 0
        for group in groups:
            if taken < target:
                test.extend(group)
                taken += len(group)
            else:
                train.extend(group)
    return train, test
