# cause: an empty list of texts is taken for a mistake of the caller
# function: keep_confirmed
def keep_confirmed(texts, labels, classify, threshold=0.5):
    if not texts or len(texts) != len(labels):
        raise ValueError("texts and labels must not be empty and have the same length")
    found, found_labels = [], []
    for text, label, shares in zip(texts, labels, classify(texts)):
        if max(shares) == shares[label] >= threshold:
            found.append(text)
            found_labels.append(label)
    return found, found_labels
