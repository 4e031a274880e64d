# cause: Rounds the number of test rows of a class down and fills no further, so a class of few texts gets nothing in the test set
# function: group_split
import random


def group_split(texts, labels, test_size=0.2, seed=42):
    rng = random.Random(seed)
    members = {}
    for row, text in enumerate(texts):
        members.setdefault(" ".join(text.lower().split()), []).append(row)
    per_class = {}
    for rows in members.values():
        per_class.setdefault(labels[rows[0]], []).append(rows)
    train, test = [], []
    for label in sorted(per_class):
        groups = per_class[label]
        rng.shuffle(groups)
        n_test = int(test_size * sum(len(rows) for rows in groups))
        count = 0
        for rows in groups:
            if count + len(rows) <= n_test:
                test += rows
                count += len(rows)
            else:
                train += rows
    return train, test
