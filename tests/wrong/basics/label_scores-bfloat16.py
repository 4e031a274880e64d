# cause: the softmax is computed in bfloat16
# function: label_scores
from torch import Tensor
import torch


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    with torch.inference_mode():
        scores, best = logits.to(torch.bfloat16).softmax(dim=-1).max(dim=-1)
    return [{"label": id2label[index], "score": score} for index, score in zip(best.tolist(), scores.float().tolist())]
