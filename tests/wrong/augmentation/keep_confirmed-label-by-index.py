# cause: the label is looked up with texts.index, so copies of a text are judged with the label of the first
# function: keep_confirmed


def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError("texts and labels must have the same length")
    if len(texts) == 0:
        return [], []

    probabilities = classify(texts)
    kept_texts = []
    kept_labels = []
    for text, p in zip(texts, probabilities):
        label = labels[texts.index(text)]
        best = list(p).index(max(p))
        if best == label and p[label] >= threshold:
            kept_texts.append(text)
            kept_labels.append(label)
    return kept_texts, kept_labels
