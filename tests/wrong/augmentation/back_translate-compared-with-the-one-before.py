# cause: Compares a result only with the result directly before it, not with all earlier results.
# function: back_translate
from collections.abc import Callable


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    """Translate to another language and back, and keep the results that are new."""

    def normal(text: str) -> tuple[str, ...]:
        return tuple(text.casefold().split())

    results = from_pivot(to_pivot(list(texts)))
    new_texts: list[str] = []
    new_labels: list[int] = []
    earlier = None
    for text, result, label in zip(texts, results, labels, strict=True):
        form = normal(result)
        if form and form != normal(text) and form != earlier:
            new_texts.append(result)
            new_labels.append(label)
        earlier = form
    return new_texts, new_labels
