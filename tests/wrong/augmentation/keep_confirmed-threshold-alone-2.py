# cause: in a hurry: takes "probability of at least threshold" for the whole test; below one half another class may be more likely
# function: keep_confirmed
from collections.abc import Callable


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    if len(texts) != len(labels):
        raise ValueError("one label for each text")
    if not texts:
        return [], []
    kept = [
        (text, label) for text, label, probs in zip(texts, labels, classify(list(texts))) if probs[label] >= threshold
    ]
    return [text for text, _ in kept], [label for _, label in kept]
