# cause: trusts the RMSELoss of a Kaggle post, which adds an epsilon under the root for the gradient; a perfect prediction then has an error of 0.0001
# function: rmse
import torch
from torch import Tensor


def rmse(pred: Tensor, target: Tensor) -> float:
    if pred.numel() != target.numel():
        raise ValueError("pred and target hold different numbers of values")
    error = pred.detach().reshape(-1).float() - target.detach().reshape(-1).float()
    return torch.sqrt(error.square().mean() + 1e-8).item()
