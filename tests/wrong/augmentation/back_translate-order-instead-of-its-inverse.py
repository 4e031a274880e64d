# cause: texts are translated sorted by length and put back with the order instead of its inverse, so results belong to other texts and labels
# function: back_translate


def back_translate(texts, labels, to_pivot, from_pivot):
    """Sorted by length, so that a translator that pads its batches wastes little."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    translated = from_pivot(to_pivot([texts[i] for i in order]))
    results = [translated[i] for i in order]

    new_texts, new_labels, seen = [], [], {""}
    for text, result, label in zip(texts, results, labels):
        key = " ".join(result.lower().split())
        if key in seen:
            continue
        if key != " ".join(text.lower().split()):
            seen.add(key)
            new_texts.append(result)
            new_labels.append(label)
    return new_texts, new_labels
