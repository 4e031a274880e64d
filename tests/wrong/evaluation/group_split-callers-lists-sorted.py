# cause: sorts the rows by text in place, in the lists of the caller
# function: group_split
import random


def group_split(texts, labels, test_size=0.2, seed=42):
    order = sorted(range(len(texts)), key=lambda i: texts[i])
    texts[:], labels[:] = [texts[i] for i in order], [labels[i] for i in order]
    groups = {}
    for i, text in enumerate(texts):
        groups.setdefault(" ".join(text.lower().split()), []).append(i)
    by_label = {}
    for rows in groups.values():
        by_label.setdefault(labels[rows[0]], []).append(rows)
    rng = random.Random(seed)
    train, test = [], []
    for candidates in by_label.values():
        rng.shuffle(candidates)
        target = test_size * sum(map(len, candidates))
        taken = []
        while len(candidates) > 1 and (not taken or len(taken) + len(candidates[-1]) / 2 <= target):
            taken += candidates.pop()
        test += taken
        train += [i for rows in candidates for i in rows]
    return train, test
