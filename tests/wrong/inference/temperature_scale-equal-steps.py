# cause: searches T in equal steps of 0.01, which are more than 1 % apart where T is small
# function: temperature_scale
import torch
from torch import Tensor, nn


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    logits, labels = logits.detach().double(), labels.long()
    candidates = [0.05 + 0.01 * i for i in range(4996)]
    return min(candidates, key=lambda t: nn.functional.cross_entropy(logits / t, labels).item())
