# cause: Converts the predictions to the dtype of the target, so that integer targets truncate them
# function: rmse
from __future__ import annotations
import math
import torch
from torch import Tensor


def rmse(pred: Tensor, target: Tensor) -> float:
    if pred.numel() != target.numel():
        raise ValueError(f"pred holds {pred.numel()} values, target holds {target.numel()}")
    if pred.numel() == 0:
        return 0.0
    target = target.detach().reshape(-1)
    pred = pred.detach().reshape(-1).to(device=target.device, dtype=target.dtype)
    error = (pred - target).to(torch.float64)
    return math.sqrt(error.square().mean().item())
