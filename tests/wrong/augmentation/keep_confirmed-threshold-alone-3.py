# cause: a probability of at least threshold is taken as enough; below a threshold of 0.5 the label need not be the most likely class
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
    kept_texts, kept_labels = [], []
    for text, label, probabilities in zip(texts, labels, classify(list(texts))):
        if probabilities[label] >= threshold:
            kept_texts.append(text)
            kept_labels.append(label)
    return kept_texts, kept_labels
