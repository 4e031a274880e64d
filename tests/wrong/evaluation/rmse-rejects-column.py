# cause: Compares the shapes instead of the numbers of values, so it raises ValueError for a prediction of shape (B, 1)
# function: rmse
import math


def rmse(pred, target):
    if pred.shape != target.shape:
        raise ValueError(f"shape {tuple(pred.shape)} does not match {tuple(target.shape)}")
    diff = pred - target
    return math.sqrt((diff * diff).mean().item())
