# cause: Returns () instead of two empty lists if no label is confirmed.
# function: keep_confirmed


def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError("texts and labels differ in length")
    kept = [(t, l) for t, l, p in zip(texts, labels, classify(texts)) if max(p) == p[l] >= threshold]
    return tuple(map(list, zip(*kept)))
