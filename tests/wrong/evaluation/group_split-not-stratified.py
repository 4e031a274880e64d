# cause: Draws the test groups from all groups together without looking at the classes, so a small class may be missing on one side
# function: group_split
import random


def group_split(texts, labels, test_size=0.2, seed=42):
    groups = {}
    for i, text in enumerate(texts):
        key = " ".join(text.casefold().split())
        groups.setdefault(key, []).append(i)
    rows = list(groups.values())
    random.Random(seed).shuffle(rows)
    n_test = test_size * len(texts)
    train, test = [], []
    for group in rows:
        if len(test) < n_test:
            test.extend(group)
        else:
            train.extend(group)
    return train, test
