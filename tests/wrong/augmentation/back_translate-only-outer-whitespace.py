# cause: compares with strip().lower(), which ignores whitespace at the ends but not inside a text
# function: back_translate
from collections.abc import Callable


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    def normalize(text):
        return text.strip().lower()

    returned = from_pivot(to_pivot(texts))
    new_texts, new_labels, seen = [], [], set()
    for original, result, label in zip(texts, returned, labels, strict=True):
        key = normalize(result)
        if not key or key == normalize(original) or key in seen:
            continue
        seen.add(key)
        new_texts.append(result)
        new_labels.append(label)
    return new_texts, new_labels
