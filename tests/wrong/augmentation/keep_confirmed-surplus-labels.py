# cause: only missing labels are refused; more labels than texts pass, and the surplus is cut off by zip
# function: keep_confirmed
from collections.abc import Callable


def keep_confirmed(
    texts: list[str],
    labels: list[int],
    classify: Callable[[list[str]], list[list[float]]],
    threshold: float = 0.5,
) -> tuple[list[str], list[int]]:
    if len(labels) < len(texts):
        raise ValueError("some texts have no label")
    kept_texts, kept_labels = [], []
    for text, label, probabilities in zip(texts, labels, classify(list(texts))):
        if probabilities[label] >= threshold and probabilities[label] == max(probabilities):
            kept_texts.append(text)
            kept_labels.append(label)
    return kept_texts, kept_labels
