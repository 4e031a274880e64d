# cause: Returns the lower-cased and stripped texts instead of what from_pivot returned
# function: back_translate
def back_translate(texts, labels, to_pivot, from_pivot):
    results = [r.lower().strip() for r in from_pivot(to_pivot(list(texts)))]
    squeeze = lambda s: "".join(s.lower().split())
    seen = set()
    new_texts, new_labels = [], []
    for original, result, label in zip(texts, results, labels):
        s = squeeze(result)
        if s and s != squeeze(original) and s not in seen:
            new_texts.append(result)
            new_labels.append(label)
        seen.add(s)
    return new_texts, new_labels
