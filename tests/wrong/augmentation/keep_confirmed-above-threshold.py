# cause: wants a probability above the threshold, where the threshold itself is enough
# function: keep_confirmed
from collections.abc import Callable


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    if len(texts) != len(labels):
        raise ValueError("one label for each text, please")
    kept_texts, kept_labels = [], []
    for text, label, row in zip(texts, labels, classify(texts), strict=True):
        predicted = max(range(len(row)), key=lambda c: row[c])  # noqa: B023
        if predicted == label and row[label] > threshold:
            kept_texts.append(text)
            kept_labels.append(label)
    return kept_texts, kept_labels
