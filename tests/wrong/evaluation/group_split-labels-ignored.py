# cause: Groups are drawn from all texts together, as GroupShuffleSplit does, and the labels are never looked at, so the share of each class in the test set is left to chance.
# function: group_split

import random


def group_split(texts, labels, test_size=0.2, seed=42):
    groups = {}
    for row, text in enumerate(texts):
        key = " ".join(text.split()).casefold()
        groups.setdefault(key, []).append(row)

    keys = list(groups)
    random.Random(seed).shuffle(keys)

    n_test = round(test_size * len(texts))
    train, test = [], []
    for key in keys:
        if len(test) < n_test:
            test.extend(groups[key])
        else:
            train.extend(groups[key])
    return sorted(train), sorted(test)
