# cause: Only the first row is looked at, as in a tutorial with a single sentence (logits[0]).
# function: label_scores

import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    probabilities = torch.nn.functional.softmax(logits[0], dim=0)
    winner = int(probabilities.argmax())
    return [{"label": id2label[winner], "score": probabilities[winner].item()}]
