# cause: The lowercased text with single spaces, made for the comparison, is returned in place of the text that from_pivot gave.
# function: back_translate


def back_translate(texts, labels, to_pivot, from_pivot):
    def clean(text):
        return " ".join(text.split()).lower()

    pivots = to_pivot(texts[:])
    results = [clean(r) for r in from_pivot(pivots)]
    new_texts, new_labels = [], []
    for text, result, label in zip(texts, results, labels, strict=True):
        if result == "" or result == clean(text) or result in new_texts:
            continue
        new_texts.append(result)
        new_labels.append(label)
    return new_texts, new_labels
