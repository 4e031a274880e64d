# cause: Does not shuffle, so the seed changes nothing and the first texts of each class are always the test set; and: returns the test rows first
# function: group_split
from collections import defaultdict


def group_split(texts, labels, test_size=0.2, seed=42):
    groups = defaultdict(list)
    for i, t in enumerate(texts):
        groups[" ".join(t.lower().split())].append(i)
    classes = defaultdict(list)
    for rows in groups.values():
        classes[labels[rows[0]]].append(rows)
    train, test = [], []
    for c, gs in classes.items():
        total, count = sum(map(len, gs)), 0
        for j, rows in enumerate(gs):
            if (j == 0 and len(gs) > 1) or (j < len(gs) - 1 and count + len(rows) / 2 <= test_size * total):
                test += rows
                count += len(rows)
            else:
                train += rows
    return test, train
