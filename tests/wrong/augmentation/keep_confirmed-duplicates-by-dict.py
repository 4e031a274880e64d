# cause: Keeps texts and labels in a dictionary by text, so a text that comes twice has only its last label
# function: keep_confirmed
def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError("not one label for each text")
    label_of = dict(zip(texts, labels))
    unique = list(label_of)
    kept = {}
    for text, p in zip(unique, classify(unique)):
        y = label_of[text]
        if p.index(max(p)) == y and p[y] >= threshold:
            kept[text] = y
    return list(kept), list(kept.values())
