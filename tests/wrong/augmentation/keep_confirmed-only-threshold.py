# cause: Asks only for the probability of the label and not whether it is the most likely class
# function: keep_confirmed
def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError("one label per text, please")
    probs = classify(list(texts))
    kept = [(t, y) for t, y, p in zip(texts, labels, probs) if p[y] >= threshold]
    return [t for t, _ in kept], [y for _, y in kept]
