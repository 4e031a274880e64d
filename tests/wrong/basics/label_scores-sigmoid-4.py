# cause: the score is the sigmoid of the largest logit, which is its softmax only if there are two classes and the other logit is 0
# function: label_scores
import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    probabilities = torch.sigmoid(logits)
    results = []
    for row, probs in zip(logits, probabilities, strict=True):
        best = int(row.argmax())
        results.append({"label": id2label[best], "score": probs[best].item()})
    return results
