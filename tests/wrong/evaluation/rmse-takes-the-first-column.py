# cause: compares the lengths of the first axis and uses the first column, so that a (B, 2) prediction raises nothing
# function: rmse
import torch
from torch import Tensor


def rmse(pred: Tensor, target: Tensor) -> float:
    if len(pred) != len(target):
        raise ValueError(f"{len(pred)} predictions for {len(target)} targets")
    column = pred.detach().reshape(len(target), -1)[:, 0]
    return (column - target).square().mean().sqrt().item()
