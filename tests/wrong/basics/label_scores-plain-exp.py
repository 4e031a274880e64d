# cause: Writes the softmax as exp / sum without subtracting the maximum, so large logits overflow to NaN.
# function: label_scores

import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    out = []
    for row in logits:
        e = torch.exp(row)
        p = e / e.sum()
        i = int(torch.argmax(p))
        out.append({"label": id2label[i], "score": float(p[i])})
    return out
