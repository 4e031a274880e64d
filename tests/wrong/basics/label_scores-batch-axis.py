# cause: Takes the softmax over the batch (dim=0) instead of over the classes.
# function: label_scores

import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    probs = torch.softmax(logits, dim=0)
    best = logits.argmax(dim=-1)
    return [{"label": id2label[i], "score": probs[row, i].item()} for row, i in enumerate(best.tolist())]
