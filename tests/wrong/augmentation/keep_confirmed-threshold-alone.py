# cause: Only the probability of the label is compared with the threshold; with a threshold below one half another class may be more likely.
# function: keep_confirmed
from collections.abc import Callable


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    """Keep the augmented texts whose labels a classifier confirms."""
    if len(texts) != len(labels):
        raise ValueError("texts and labels differ in length")
    kept_texts: list[str] = []
    kept_labels: list[int] = []
    if not texts:
        return kept_texts, kept_labels
    for text, label, probabilities in zip(texts, labels, classify(list(texts))):
        if probabilities[label] >= threshold:
            kept_texts.append(text)
            kept_labels.append(label)
    return kept_texts, kept_labels
