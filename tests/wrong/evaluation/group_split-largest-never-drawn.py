# cause: sorts the shuffled groups by size to come closer to test_size, so that the largest text of a class can never be drawn
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
        groups.sort(key=len)
        goal = test_size * sum(map(len, groups))
        taken = kept = 0
        for place, rows in enumerate(groups, start=1):
            closer = abs(taken + len(rows) - goal) < abs(taken - goal)
            if taken == 0 or (closer and not (place == len(groups) and kept == 0)):
                test += rows
                taken += len(rows)
            else:
                train += rows
                kept += len(rows)
    return train, test
