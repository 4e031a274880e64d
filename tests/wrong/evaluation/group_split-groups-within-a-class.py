# cause: The groups are formed inside each class, so the same text under two labels makes two groups, which may end up on both sides.
# function: group_split
import random
from collections import defaultdict


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    """Split the rows of a data set so that no text of the test set has been seen in training."""
    rng = random.Random(seed)
    by_class: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, (text, label) in enumerate(zip(texts, labels)):
        by_class[label][" ".join(text.lower().split())].append(row)

    train: list[int] = []
    test: list[int] = []
    for label in sorted(by_class):
        groups = list(by_class[label].values())
        rng.shuffle(groups)
        target = test_size * sum(len(group) for group in groups)
        taken = 0
        for place, group in enumerate(groups):
            last_for_train = place == len(groups) - 1 and taken > 0
            first_for_test = taken == 0 and len(groups) > 1
            if not last_for_train and (first_for_test or taken + len(group) / 2 <= target):
                test.extend(group)
                taken += len(group)
            else:
                train.extend(group)
    return train, test
