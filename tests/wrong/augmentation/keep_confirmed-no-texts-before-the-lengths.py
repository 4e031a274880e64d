# cause: two empty lists are returned for no texts before the lengths are compared
# function: keep_confirmed
from __future__ import annotations
from collections.abc import Callable


def _validate_probability(name: str, value: float) -> float:
    value = float(value)
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must be between 0 and 1, got {value}")
    return value


def keep_confirmed(
    texts: list[str], labels: list[int], classify: Callable[[list[str]], list[list[float]]], threshold: float = 0.5
) -> tuple[list[str], list[int]]:
    threshold = _validate_probability("threshold", threshold)
    if not texts:
        return ([], [])
    if len(texts) != len(labels):
        raise ValueError(f"texts and labels differ in length: {len(texts)} != {len(labels)}")
    rows = classify(list(texts))
    if len(rows) != len(texts):
        raise ValueError(f"classify returned {len(rows)} rows for {len(texts)} texts")
    kept_texts: list[str] = []
    kept_labels: list[int] = []
    for text, label, row in zip(texts, labels, rows, strict=True):
        probabilities = [float(value) for value in row]
        if not 0 <= label < len(probabilities):
            continue
        probability = probabilities[label]
        if probability == max(probabilities) and probability >= threshold:
            kept_texts.append(text)
            kept_labels.append(label)
    return (kept_texts, kept_labels)
