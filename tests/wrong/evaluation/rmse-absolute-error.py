# cause: Takes the root of each squared error before averaging, which is the mean absolute error
# function: rmse
import torch


def rmse(pred, target):
    pred, target = pred.detach().flatten(), target.flatten()
    if len(pred) != len(target):
        raise ValueError(f"{len(pred)} predictions for {len(target)} targets")
    return torch.sqrt((pred - target) ** 2).mean().item()
