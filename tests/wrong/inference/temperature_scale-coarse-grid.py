# cause: The grid has steps of 0.1 and ends at 10, too coarse for 1 % and too short for 50
# function: temperature_scale
import torch
import torch.nn.functional as F


def temperature_scale(logits, labels):
    best_t, best_loss = 1.0, float("inf")
    for i in range(1, 101):
        t = i / 10
        loss = F.cross_entropy(logits / t, labels).item()
        if loss < best_loss:
            best_t, best_loss = t, loss
    return best_t
