# cause: Removes duplicates with a dictionary whose later entries overwrite the earlier ones, so the last text and label win; and: blank results are not left out
# function: back_translate
def back_translate(texts, labels, to_pivot, from_pivot):
    norm = lambda s: "".join(s.lower().split())
    unique = {}
    for old, new, label in zip(texts, from_pivot(to_pivot(list(texts))), labels):
        if norm(old) != norm(new):
            unique[norm(new)] = (new, label)
    return [t for t, _ in unique.values()], [l for _, l in unique.values()]
