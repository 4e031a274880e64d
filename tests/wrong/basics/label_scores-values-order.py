# cause: Looks the label up by its place in list(id2label.values()), which is right only if the dictionary is written in order of the ids.
# function: label_scores

import torch.nn.functional as F
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    labels = list(id2label.values())
    scores, indices = F.softmax(logits, dim=1).max(dim=1)
    return [{"label": labels[i], "score": s} for s, i in zip(scores.tolist(), indices.tolist())]
