# cause: Keeps every text that the classifier is sure of and gives it the predicted label (pseudo-labelling)
# function: keep_confirmed
def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError("lengths differ")
    new_texts, new_labels = [], []
    for text, probs in zip(texts, classify(list(texts))):
        best = max(range(len(probs)), key=probs.__getitem__)
        if probs[best] >= threshold:
            new_texts.append(text)
            new_labels.append(best)
    return new_texts, new_labels
