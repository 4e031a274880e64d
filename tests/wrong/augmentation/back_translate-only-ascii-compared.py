# cause: the compared form drops everything that is not ASCII, so results in other scripts count as blank
# function: back_translate
from __future__ import annotations
import unicodedata
from collections.abc import Callable


def _canonical(text: str | None) -> str:
    if text is None:
        return ""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = decomposed.encode("ascii", "ignore").decode("ascii")
    return " ".join(plain.lower().split())


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts, but {len(labels)} labels")
    if not texts:
        return ([], [])
    pivots = list(to_pivot(list(texts)))
    if len(pivots) != len(texts):
        raise ValueError("to_pivot must return one translation per text")
    results = list(from_pivot(pivots))
    if len(results) != len(texts):
        raise ValueError("from_pivot must return one translation per text")
    new_texts: list[str] = []
    new_labels: list[int] = []
    seen: set[str] = set()
    for original, result, label in zip(texts, results, labels, strict=True):
        key = _canonical(result)
        if not key:
            continue
        if key == _canonical(original) or key in seen:
            continue
        seen.add(key)
        new_texts.append(result)
        new_labels.append(label)
    return (new_texts, new_labels)
