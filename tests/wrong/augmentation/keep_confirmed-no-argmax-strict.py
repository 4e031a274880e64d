# cause: It checks only the probability of the label and never whether it is the most likely class; and: a probability equal to the threshold is refused (> in place of >=).
# function: keep_confirmed


def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts, but {len(labels)} labels")
    probs = classify(list(texts))
    keep = [i for i, (row, y) in enumerate(zip(probs, labels)) if row[y] > threshold]
    return [texts[i] for i in keep], [labels[i] for i in keep]
