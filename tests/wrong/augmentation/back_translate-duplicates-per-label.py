# cause: remembers pairs of text and label, so a repeated result is kept again if its label differs
# function: back_translate
from collections.abc import Callable


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    def same(text):
        return " ".join(text.lower().split())

    seen = set()
    kept = []
    for text, new, label in zip(texts, from_pivot(to_pivot(texts)), labels, strict=True):
        example = (same(new), label)
        if same(new) and same(new) != same(text) and example not in seen:
            seen.add(example)
            kept.append((new, label))
    return [new for new, _ in kept], [label for _, label in kept]
