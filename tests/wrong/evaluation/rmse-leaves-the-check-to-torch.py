# cause: Relies on the subtraction to fail for different numbers of values, but a tensor of one value is broadcast against any other.
# function: rmse
import torch
from torch import Tensor


def rmse(pred: Tensor, target: Tensor) -> float:
    """Root mean squared error: in the units of the target, and dominated by the large errors."""
    try:
        difference = pred.detach().reshape(-1) - target.detach().reshape(-1)
    except RuntimeError as error:
        raise ValueError("pred and target differ in size") from error
    return torch.sqrt(torch.mean(difference.float() ** 2)).item()
