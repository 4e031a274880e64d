# cause: Returns the mean squared error and forgets the root
# function: rmse
import torch.nn.functional as F


def rmse(pred, target):
    if pred.numel() != target.numel():
        raise ValueError("sizes differ")
    return F.mse_loss(pred.reshape(-1).float(), target.reshape(-1).float()).item()
