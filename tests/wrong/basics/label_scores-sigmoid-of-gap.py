# cause: The score is the sigmoid of the gap between the two largest logits
# function: label_scores
import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    # softmax(z)_1 = 1 / (1 + exp(-(z_1 - z_2))): only the margin of the winner matters, and nothing can overflow.
    z = logits.detach().double()
    best = z.argmax(dim=-1)
    if z.shape[-1] == 1:
        score = torch.ones(len(z))
    else:
        first, second = z.topk(2, dim=-1).values.unbind(dim=-1)
        score = torch.sigmoid(first - second)
    return [{"label": id2label[i], "score": s} for i, s in zip(best.tolist(), score.tolist())]
