# cause: Numbers of values are not compared, so whatever torch can broadcast is accepted
# function: rmse
from torch import Tensor


def rmse(pred: Tensor, target: Tensor) -> float:
    if pred.dim() > 1:
        pred = pred.squeeze(-1)
    return (pred.detach() - target).square().mean().sqrt().item()
