# cause: Compares the texts exactly, so a result that differs only in case or blanks counts as new
# function: back_translate
def back_translate(texts, labels, to_pivot, from_pivot):
    back = from_pivot(to_pivot(list(texts)))
    new_texts, new_labels, seen = [], [], set()
    for old, new, label in zip(texts, back, labels):
        if new.strip() and new != old and new not in seen:
            new_texts.append(new)
            new_labels.append(label)
        seen.add(new)
    return new_texts, new_labels
