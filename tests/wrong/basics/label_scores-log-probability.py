# cause: The score is the logarithm of the probability, since log_softmax is never exponentiated.
# function: label_scores

import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    log_probs = torch.log_softmax(logits.float(), dim=-1)
    best, index = log_probs.max(dim=-1)
    return [{"label": id2label[i], "score": s} for i, s in zip(index.tolist(), best.tolist())]
