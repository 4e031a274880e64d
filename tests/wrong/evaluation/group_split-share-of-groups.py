# cause: scikit-learn's GroupShuffleSplit takes test_size as a share of the groups; here it is a share of the rows of every class
# function: group_split
import random


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rows: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        rows.setdefault(" ".join(text.lower().split()), []).append(i)
    by_class: dict[int, list[list[int]]] = {}
    for group in rows.values():
        by_class.setdefault(labels[group[0]], []).append(group)
    rng = random.Random(seed)
    train: list[int] = []
    test: list[int] = []
    for label in sorted(by_class):
        groups = by_class[label]
        rng.shuffle(groups)
        n_test = round(test_size * len(groups))
        if len(groups) > 1:
            n_test = min(max(n_test, 1), len(groups) - 1)
        for place, group in enumerate(groups):
            (test if place < n_test else train).extend(group)
    return train, test
