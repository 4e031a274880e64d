"""temperature_scale tries a grid of half a percent, and returns a tensor."""

import torch


def temperature_scale(logits, labels):
    grid = torch.logspace(-1.31, 1.71, 1500, dtype=torch.float64)
    with torch.no_grad():
        losses = torch.stack([torch.nn.functional.cross_entropy(logits.double() / t, labels) for t in grid])
    return grid[losses.argmin()]
