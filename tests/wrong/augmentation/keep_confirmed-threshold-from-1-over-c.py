# cause: if the threshold is at least 1 / C the check that the label is the most likely class is skipped, which is wrong for three or more classes with a threshold below one half
# function: keep_confirmed

from itertools import compress


def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError("texts and labels differ in length")
    if not texts:
        return [], []
    rows = classify(texts)
    if threshold * len(rows[0]) >= 1.0:
        # the threshold alone decides: no need to look for the maximum of each row
        keep = [row[y] >= threshold for row, y in zip(rows, labels)]
    else:
        keep = [row[y] >= threshold and row[y] == max(row) for row, y in zip(rows, labels)]
    return list(compress(texts, keep)), list(compress(labels, keep))
