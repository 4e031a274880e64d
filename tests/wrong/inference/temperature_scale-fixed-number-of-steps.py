# cause: takes a fixed number of optimizer steps from T = 1 and never asks whether they have arrived: a temperature far away is not reached
# function: temperature_scale
import torch
import torch.nn.functional as F
from torch import Tensor


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    logits = logits.detach()
    temperature = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.Adam([temperature], lr=0.1)
    for _ in range(500):
        optimizer.zero_grad()
        F.cross_entropy(logits / temperature, labels).backward()
        optimizer.step()
    return temperature.item()
