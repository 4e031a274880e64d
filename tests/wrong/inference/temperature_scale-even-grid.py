# cause: Searches an evenly spaced grid, whose step of 0.02 is far more than 1 % of a small temperature.
# function: temperature_scale
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    """Find the temperature T for which softmax(logits / T) has the lowest cross-entropy."""
    best_t, best_loss = 1.0, float("inf")
    with torch.no_grad():
        for t in np.arange(0.1, 50, 0.02):
            loss = F.cross_entropy(logits / float(t), labels).item()
            if loss < best_loss:
                best_t, best_loss = float(t), loss
    return best_t
