# cause: the label's probability is compared only with that of class 1 - label, as if there were always two classes
# function: keep_confirmed


def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError("texts and labels differ in length")
    kept_texts = []
    kept_labels = []
    for text, label, probs in zip(texts, labels, classify(texts)):
        p = probs[label]
        other = probs[1 - label]
        if p > other and p >= threshold:
            kept_texts.append(text)
            kept_labels.append(label)
    return kept_texts, kept_labels
