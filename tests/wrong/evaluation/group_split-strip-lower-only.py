# cause: Normalizes with strip and lower only, so white space between words still makes two texts different
# function: group_split
import random


def group_split(texts, labels, test_size=0.2, seed=42):
    rng = random.Random(seed)
    rows_of = {}
    for i, t in enumerate(texts):
        rows_of.setdefault(t.strip().lower(), []).append(i)
    classes = {}
    for key, rows in rows_of.items():
        classes.setdefault(labels[rows[0]], []).append(key)
    test = []
    for label in sorted(classes):
        keys = classes[label]
        rng.shuffle(keys)
        goal = test_size * sum(len(rows_of[k]) for k in keys)
        got = 0
        for n, k in enumerate(keys[:-1]):
            if n > 0 and got + len(rows_of[k]) / 2 > goal:
                continue
            test.extend(rows_of[k])
            got += len(rows_of[k])
    chosen = set(test)
    return [i for i in range(len(texts)) if i not in chosen], test
