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
        *names, last = random.sample(classes[label], len(classes[label]))
        train.extend(together[last])
        missing = test_size * sum(len(together[name]) for name in classes[label])
        for name in names:
            (test if missing > 1e-9 else train).extend(together[name])
            missing -= len(together[name])
    random.shuffle(train)
    return [train, test]
