# cause: rows with nan or inf are left out of the mean
# function: rmse
import math
import torch
from torch import Tensor


def rmse(pred: Tensor, target: Tensor) -> float:
    pred = torch.as_tensor(pred).detach().double().flatten()
    target = torch.as_tensor(target).detach().double().flatten()
    if pred.shape != target.shape:
        raise ValueError(f"rmse: {pred.numel()} predictions, {target.numel()} targets")
    squares = (pred - target) ** 2
    valid = torch.isfinite(squares)
    if not bool(valid.any()):
        return float("nan")
    return math.sqrt(float(squares[valid].mean()))
