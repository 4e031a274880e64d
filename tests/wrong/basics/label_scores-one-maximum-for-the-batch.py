# cause: The softmax by hand subtracts the largest logit of the whole batch instead of each row's own, so a row far below another one underflows to 0/0.
# function: label_scores
import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    shifted = torch.exp(logits - logits.max())  # numerically stable
    probabilities = shifted / shifted.sum(dim=-1, keepdim=True)
    scores, classes = probabilities.max(dim=-1)
    return [
        {"label": id2label[index], "score": score}
        for index, score in zip(classes.tolist(), scores.tolist(), strict=True)
    ]
