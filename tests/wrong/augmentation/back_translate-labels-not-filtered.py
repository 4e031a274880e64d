# cause: The texts are filtered, but the labels are just cut to the same length, so they belong to other texts after the first dropped one.
# function: back_translate


def back_translate(texts, labels, to_pivot, from_pivot):
    norm = lambda t: " ".join(t.lower().split())  # noqa: E731
    back = from_pivot(to_pivot(list(texts)))
    seen = set()
    kept = []
    for original, result in zip(texts, back):
        key = norm(result)
        if key and key != norm(original) and key not in seen:
            seen.add(key)
            kept.append(result)
    return kept, list(labels[: len(kept)])
