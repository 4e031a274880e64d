# cause: Texts and labels are put into a dictionary, so a text that occurs twice appears once, with its last label only.
# function: keep_confirmed


def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError("one label for each text, please")
    label_of = dict(zip(texts, labels))
    names = list(label_of)
    kept_texts, kept_labels = [], []
    if not names:
        return kept_texts, kept_labels
    for text, probs in zip(names, classify(names)):
        label = label_of[text]
        if max(range(len(probs)), key=probs.__getitem__) == label and probs[label] >= threshold:
            kept_texts.append(text)
            kept_labels.append(label)
    return kept_texts, kept_labels
