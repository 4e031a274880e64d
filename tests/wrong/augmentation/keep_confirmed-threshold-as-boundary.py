# cause: The threshold is used as the decision boundary of class 1, so unsure texts with label 0 are kept and classes above 1 are never confirmed.
# function: keep_confirmed
from collections.abc import Callable


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    if len(texts) != len(labels):
        raise ValueError("every text needs a label")
    probabilities = classify(texts)
    kept_texts = []
    kept_labels = []
    for i in range(len(texts)):
        # the class that the classifier predicts
        positive = probabilities[i][1]
        if positive >= threshold:
            predicted = 1
        else:
            predicted = 0
        # does it confirm the label?
        if predicted == labels[i]:
            kept_texts.append(texts[i])
            kept_labels.append(labels[i])
    return kept_texts, kept_labels
