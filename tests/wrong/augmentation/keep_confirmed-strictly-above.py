# cause: The probability must be strictly above the threshold
# function: keep_confirmed
def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts but {len(labels)} labels")
    out_texts, out_labels = [], []
    for text, label, row in zip(texts, labels, classify(texts)):
        if max(row) == row[label] and row[label] > threshold:
            out_texts.append(text)
            out_labels.append(label)
    return out_texts, out_labels
