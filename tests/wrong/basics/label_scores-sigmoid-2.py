# cause: Scores each class by a sigmoid, as a multi-label pipeline does, instead of a softmax over the classes.
# function: label_scores

import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    probabilities = torch.sigmoid(logits)
    result = []
    for b in range(logits.size(0)):
        idx = logits[b].argmax().item()
        result.append({"label": id2label[idx], "score": probabilities[b, idx].item()})
    return result
