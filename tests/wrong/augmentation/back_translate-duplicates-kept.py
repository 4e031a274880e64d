# cause: Does not look whether a result is the same as an earlier result
# function: back_translate
def back_translate(texts, labels, to_pivot, from_pivot):
    normal = lambda t: " ".join(t.lower().split())
    results = from_pivot(to_pivot(texts))
    pairs = [(r, y) for t, r, y in zip(texts, results, labels) if normal(r) and normal(r) != normal(t)]
    return [r for r, _ in pairs], [y for _, y in pairs]
