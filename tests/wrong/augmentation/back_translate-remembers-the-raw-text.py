# cause: a subtle slip of a language model: looks up the normalised text but remembers the raw one, so two results with a capital letter or a double space both stay
# function: back_translate
from collections.abc import Callable


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    if not texts:
        return [], []

    def key(text: str) -> str:
        return " ".join(text.lower().split())

    new_texts: list[str] = []
    new_labels: list[int] = []
    seen: set[str] = set()
    for original, result, label in zip(texts, from_pivot(to_pivot(list(texts))), labels):
        normal = key(result)
        if not normal or normal == key(original) or normal in seen:
            continue
        seen.add(result.strip())
        new_texts.append(result)
        new_labels.append(label)
    return new_texts, new_labels
