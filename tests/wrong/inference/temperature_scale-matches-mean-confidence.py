# cause: Finds the T for which the mean confidence equals the accuracy
# function: temperature_scale
import torch
from torch import Tensor


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    z = logits.detach().double()
    hit = (z.argmax(-1) == labels).double().mean()
    low, high = torch.tensor([0.05, 50.0], dtype=torch.float64).log()
    for _ in range(60):
        middle = (low + high) / 2
        confidence = (z / middle.exp()).softmax(-1).amax(-1).mean()
        low, high = (middle, high) if confidence > hit else (low, middle)
    return float(((low + high) / 2).exp())
