# cause: texts are compared after strip() and lower() only, so that a different number of blanks between words makes them new
# function: back_translate
from collections.abc import Callable


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    results = from_pivot(to_pivot(list(texts)))
    new_texts, new_labels = [], []
    seen = set()
    for original, result, label in zip(texts, results, labels):
        key = result.strip().lower()
        if key and key != original.strip().lower() and key not in seen:
            new_texts.append(result)
            new_labels.append(label)
        seen.add(key)
    return new_texts, new_labels
