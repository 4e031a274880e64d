# cause: The counter of test rows is not reset for each class
# function: group_split
import random


def norm(t):
    return " ".join(t.lower().split())


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rows = {}
    for i, t in enumerate(texts):
        rows.setdefault(norm(t), []).append(i)
    by_class = {}
    for g in rows.values():
        by_class.setdefault(labels[g[0]], []).append(g)

    rng = random.Random(seed)
    train, test = [], []
    taken = 0
    for c, groups in by_class.items():
        rng.shuffle(groups)
        n = sum(len(g) for g in groups)
        for j, g in enumerate(groups):
            if taken < test_size * n and j < len(groups) - 1:
                test += g
                taken += len(g)
            else:
                train += g
    return train, test
