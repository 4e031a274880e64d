# cause: The normalisation also removes punctuation, so results that differ from the original or an earlier result in punctuation are dropped ('good!' for 'good').
# function: back_translate
from __future__ import annotations
import re
from collections.abc import Callable


_PUNCTUATION = re.compile(r"[^\w\s]")


_WHITESPACE = re.compile(r"\s+")


def _normalize(text: str) -> str:
    """Normalize a text for duplicate detection."""
    text = _PUNCTUATION.sub("", text.lower())
    return _WHITESPACE.sub(" ", text).strip()


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    """Translate to a pivot language and back, keeping only results that are new."""
    if not texts:
        return [], []

    pivots = list(to_pivot(list(texts)))
    returned = list(from_pivot(pivots))

    new_texts: list[str] = []
    new_labels: list[int] = []
    seen: set[str] = set()

    for original, result, label in zip(texts, returned, labels):
        if not result or not result.strip():
            continue
        key = _normalize(result)
        if key == _normalize(original) or key in seen:
            continue
        seen.add(key)
        new_texts.append(result)
        new_labels.append(label)

    return new_texts, new_labels
