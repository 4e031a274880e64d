# cause: It takes the standard deviation of the errors for the RMSE; the standard deviation subtracts the mean error, so a constant bias costs nothing.
# function: rmse

import torch


@torch.no_grad()
def rmse(pred, target):
    if pred.numel() != target.numel():
        raise ValueError("pred and target must hold the same number of values")
    residuals = pred.reshape(-1).double() - target.reshape(-1).double()
    return residuals.std(correction=0).item()
