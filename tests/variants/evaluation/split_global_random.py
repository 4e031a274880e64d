"""Python's global generator, seeded at the start; a list of two lists, unsorted."""

import random
from collections import defaultdict


def group_split(texts, labels, test_size=0.2, seed=42):
    random.seed(seed)
    together = defaultdict(list)
    for row in range(len(texts)):
        together[" ".join(texts[row].split()).lower()].append(row)
    classes = defaultdict(list)
    for name in sorted(together):
        classes[labels[together[name][-1]]].append(name)
    train, test = [], []
    for label in sorted(classes):
        names = classes[label]
        n = min(max(round(len(names) * test_size), 1), len(names) - 1) if len(names) > 1 else 0
        picked = set(random.sample(names, n))
        for name in names:
            (test if name in picked else train).extend(together[name])
    random.shuffle(train)
    return [train, test]
