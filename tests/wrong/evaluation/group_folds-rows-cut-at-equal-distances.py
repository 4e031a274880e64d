# cause: the shuffled groups are laid out in a row and cut at equal numbers of rows, so a group at a border is cut in two
# function: group_folds

import random


def clean(text):
    return " ".join(text.lower().split())


def get_groups(texts):
    groups = {}
    for i, text in enumerate(texts):
        key = clean(text)
        if key not in groups:
            groups[key] = []
        groups[key].append(i)
    return list(groups.values())


def group_folds(texts, k=5, seed=42):
    groups = get_groups(texts)
    random.Random(seed).shuffle(groups)
    rows = []
    for group in groups:
        rows.extend(group)
    folds = []
    for i in range(k):
        start = i * len(rows) // k
        end = (i + 1) * len(rows) // k
        folds.append(rows[start:end])
    return folds
