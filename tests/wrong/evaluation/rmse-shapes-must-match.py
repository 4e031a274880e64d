# cause: It compares the shapes instead of the numbers of values, so predictions of shape (B, 1) are refused.
# function: rmse

import torch


def rmse(pred, target):
    if pred.shape != target.shape:
        raise ValueError(f"shapes differ: {tuple(pred.shape)} and {tuple(target.shape)}")
    return torch.sqrt(torch.nn.functional.mse_loss(pred.detach().float(), target.float())).item()
