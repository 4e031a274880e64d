# cause: probabilities go through float32 before they are compared, so 0.7 is below a threshold of 0.7
# function: keep_confirmed
from collections.abc import Callable
import torch

@torch.no_grad()
def keep_confirmed(texts: list[str], labels: list[int], classify: Callable[[list[str]], list[list[float]]], threshold: float=0.5) -> tuple[list[str], list[int]]:
    if len(texts) != len(labels):
        raise ValueError('texts and labels must have the same length')
    if len(texts) == 0:
        return ([], [])
    probs = torch.tensor(classify(list(texts)))
    confidence, pred = probs.max(dim=-1)
    kept_texts, kept_labels = ([], [])
    for text, label, c, p in zip(texts, labels, confidence.tolist(), pred.tolist()):
        if p == label and c >= threshold:
            kept_texts.append(text)
            kept_labels.append(label)
    return (kept_texts, kept_labels)
