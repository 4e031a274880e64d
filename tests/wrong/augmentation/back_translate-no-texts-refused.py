# cause: an empty list of texts is taken for a mistake of the caller
# function: back_translate
def back_translate(texts, labels, to_pivot, from_pivot):
    if not texts:
        raise ValueError("no texts")
    found, found_labels, seen = [], [], {""}
    for text, back, label in zip(texts, from_pivot(to_pivot(texts)), labels):
        key = " ".join(back.lower().split())
        if key not in seen and key != " ".join(text.lower().split()):
            seen.add(key)
            found.append(back)
            found_labels.append(label)
    return found, found_labels
