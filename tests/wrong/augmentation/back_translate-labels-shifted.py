# cause: Returns the first k labels instead of those of the texts that were kept
# function: back_translate
def back_translate(texts, labels, to_pivot, from_pivot):
    def key(t):
        return "".join(t.split()).casefold()

    kept, seen = [], set()
    for old, new in zip(texts, from_pivot(to_pivot(list(texts)))):
        k = key(new)
        if k and k != key(old) and k not in seen:
            kept.append(new)
        seen.add(k)
    return kept, list(labels)[: len(kept)]
