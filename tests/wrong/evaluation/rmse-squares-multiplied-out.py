# cause: The squared error is expanded to p.p - 2 p.t + t.t in float32, which cancels for values far from 0
# function: rmse
import math

import torch
from torch import Tensor


def rmse(pred: Tensor, target: Tensor) -> float:
    p = pred.detach().flatten()
    t = target.detach().flatten().to(p)
    if p.shape != t.shape:
        raise ValueError(f"{len(p)} predictions for {len(t)} targets")
    # |p - t|^2 = p.p - 2 p.t + t.t
    squared = torch.dot(p, p) - 2 * torch.dot(p, t) + torch.dot(t, t)
    return math.sqrt(max(squared.item(), 0.0) / len(t))
