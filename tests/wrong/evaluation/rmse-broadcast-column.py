# cause: Subtracts a (B,) target from a (B, 1) prediction without flattening, which broadcasts to a B by B table
# function: rmse
import torch


def rmse(pred, target):
    if pred.numel() != target.numel():
        raise ValueError("pred and target differ in size")
    return torch.sqrt(torch.mean((pred - target) ** 2)).item()
