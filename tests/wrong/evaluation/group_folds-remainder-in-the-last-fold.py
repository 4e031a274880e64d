# cause: The last fold takes all groups that remain after the others got len(groups) // k each.
# function: group_folds
import random


def _key(text):
    text = text.lower()
    for ch in ("\t", "\n", "\r", "\x0b", "\x0c"):
        text = text.replace(ch, " ")
    # also non-breaking spaces etc.
    text = " ".join(text.split())
    return text


def group_folds(texts, k=5, seed=42):
    groups = {}
    for i, text in enumerate(texts):
        groups.setdefault(_key(text), []).append(i)
    groups = list(groups.values())
    random.Random(seed).shuffle(groups)
    size = len(groups) // k
    folds = []
    for f in range(k):
        if f < k - 1:
            part = groups[f * size : (f + 1) * size]
        else:
            # the last fold takes what is left
            part = groups[f * size :]
        folds.append([i for g in part for i in g])
    return folds
