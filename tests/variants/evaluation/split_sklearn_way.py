"""Group numbers first, then folds of about equal weight per class, of which some are the test set."""

import random


def group_split(texts, labels, test_size=0.2, seed=42):
    number = {}
    groups = [number.setdefault(" ".join(text.lower().split()), len(number)) for text in texts]
    rows = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    generator = random.Random(f"split {seed}")
    noise = {group: generator.random() for group in rows}
    test = set()
    for label in dict.fromkeys(labels):
        mine = sorted((g for g in rows if labels[rows[g][0]] == label), key=noise.get)
        quota = test_size * sum(len(rows[g]) for g in mine)
        for g in mine:
            after = sum(len(rows[h]) for h in test & set(mine)) + len(rows[g])
            if after <= quota + 1e-9:
                test.add(g)
        if len(mine) > 1 and not test & set(mine):
            test.add(min(mine, key=lambda g: len(rows[g])))
    return [r for r, g in enumerate(groups) if g not in test], [r for r, g in enumerate(groups) if g in test]
