# cause: one grid with steps of 0.01 over the whole range, which is accurate to 1 % only above 0.5: near T = 0.05 it may be off by 10 %
# function: temperature_scale
import torch
import torch.nn.functional as F
from torch import Tensor


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    logits = logits.detach().double()
    best, best_loss = 1.0, float("inf")
    for step in range(5, 5001):
        temperature = step / 100
        loss = F.cross_entropy(logits / temperature, labels).item()
        if loss < best_loss:
            best, best_loss = temperature, loss
    return best
