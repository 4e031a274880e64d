"""back_translate: drops a result that is the same as any original, not only as its own."""


def back_translate(texts, labels, to_pivot, from_pivot):
    def canon(s):
        return "".join(s.casefold().split())

    seen = {canon(t) for t in texts}
    new_texts, new_labels = [], []
    for result, label in zip(from_pivot(to_pivot(list(texts))), labels, strict=True):
        c = canon(result)
        if c == "" or c in seen:
            continue
        seen.add(c)
        new_texts.append(result)
        new_labels.append(label)
    return new_texts, new_labels
