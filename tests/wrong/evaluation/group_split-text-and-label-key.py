# cause: Groups by text and label together, so a text that carries two labels is divided between training and test
# function: group_split
import random
from collections import defaultdict


def group_split(texts, labels, test_size=0.2, seed=42):
    g = random.Random(seed)
    groups = defaultdict(list)
    for i, (text, label) in enumerate(zip(texts, labels)):
        groups[(" ".join(text.lower().split()), label)].append(i)
    train, test = [], []
    for label in sorted(set(labels)):
        mine = [rows for (_, y), rows in groups.items() if y == label]
        g.shuffle(mine)
        want = test_size * sum(len(r) for r in mine)
        have = 0
        for k, rows in enumerate(mine):
            first = k == 0 and len(mine) > 1
            if first or (k < len(mine) - 1 and have + len(rows) / 2 <= want):
                test.extend(rows)
                have += len(rows)
            else:
                train.extend(rows)
    return train, test
