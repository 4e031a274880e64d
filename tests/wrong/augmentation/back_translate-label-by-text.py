# cause: Looks labels up by text, so a repeated text has the last label
# function: back_translate
from collections.abc import Callable


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    label_of = dict(zip(texts, labels))
    there = to_pivot(list(texts))
    back = from_pivot(list(there))
    seen = []
    new_texts = []
    new_labels = []
    for text, new in zip(texts, back):
        words = new.lower().split()
        if words == [] or words == text.lower().split() or words in seen:
            continue
        seen.append(words)
        new_texts.append(new)
        new_labels.append(label_of[text])
    return new_texts, new_labels
