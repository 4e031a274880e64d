# cause: draws groups until the share is reached without leaving one for training, so a class of two texts can be in the test set alone
# function: group_split
import random


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rows_of: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows_of.setdefault(" ".join(text.lower().split()), []).append(row)
    groups_of: dict[int, list[list[int]]] = {}
    for rows in rows_of.values():
        groups_of.setdefault(labels[rows[0]], []).append(rows)
    rng = random.Random(seed)
    train: list[int] = []
    test: list[int] = []
    for groups in groups_of.values():
        if len(groups) == 1:
            (test if rng.random() < test_size else train).extend(groups[0])
            continue
        rng.shuffle(groups)
        goal = test_size * sum(map(len, groups))
        taken = 0
        for rows in groups:
            if taken < goal:
                test += rows
                taken += len(rows)
            else:
                train += rows
    return train, test
