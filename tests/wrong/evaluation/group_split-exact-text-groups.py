# cause: Groups by the raw text, so texts that differ only in case or white space land on both sides
# function: group_split
import random
from collections import defaultdict


def group_split(texts, labels, test_size=0.2, seed=42):
    groups = defaultdict(list)
    for i, text in enumerate(texts):
        groups[text].append(i)
    by_class = defaultdict(list)
    for rows in groups.values():
        by_class[labels[rows[0]]].append(rows)
    rng = random.Random(seed)
    train, test = [], []
    for c in sorted(by_class):
        gs = by_class[c]
        rng.shuffle(gs)
        total = sum(map(len, gs))
        taken = 0
        for j, rows in enumerate(gs):
            last = j == len(gs) - 1
            if len(gs) > 1 and j == 0 or (not last and taken + len(rows) / 2 <= test_size * total):
                test += rows
                taken += len(rows)
            else:
                train += rows
    return train, test
