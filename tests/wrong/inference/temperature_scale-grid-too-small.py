# cause: The grid covers only temperatures from 0.5 to 5, although the best one may lie anywhere between 0.05 and 50.
# function: temperature_scale

import torch
import torch.nn.functional as F


@torch.no_grad()
def temperature_scale(logits, labels):
    logits = logits.double()
    grid = torch.arange(0.5, 5.0 + 1e-9, 0.002, dtype=torch.double)
    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in grid])
    return grid[losses.argmin()].item()
