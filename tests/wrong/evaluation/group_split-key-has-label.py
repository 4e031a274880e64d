# cause: Rows are grouped by (text, label) instead of by text alone, so the same text with two labels can land on both sides.
# function: group_split

import random
from collections import defaultdict


def group_split(texts, labels, test_size=0.2, seed=42):
    rng = random.Random(seed)
    groups = defaultdict(list)
    for i, (text, label) in enumerate(zip(texts, labels)):
        groups[(" ".join(text.lower().split()), label)].append(i)
    by_class = defaultdict(list)
    for (_, label), rows in groups.items():
        by_class[label].append(rows)
    train, test = [], []
    for label in sorted(by_class):
        members = by_class[label]
        rng.shuffle(members)
        target = test_size * sum(map(len, members))
        taken = 0
        for rows in members:
            forced = taken == 0 and len(members) > 1
            if forced or taken + len(rows) / 2 <= target:
                test += rows
                taken += len(rows)
            else:
                train += rows
    return train, test
