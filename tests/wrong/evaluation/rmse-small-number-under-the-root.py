# cause: Adds 1e-6 to the mean square before the root
# function: rmse
import torch
from torch import Tensor, nn


class RMSELoss(nn.Module):
    def __init__(self, eps=1e-6):
        super().__init__()
        self.mse = nn.MSELoss()
        self.eps = eps

    def forward(self, yhat, y):
        return torch.sqrt(self.mse(yhat, y) + self.eps)


def rmse(pred: Tensor, target: Tensor) -> float:
    if pred.numel() != target.numel():
        raise ValueError(
            "Found input variables with inconsistent numbers of samples: %r" % [pred.numel(), target.numel()]
        )
    with torch.no_grad():
        return RMSELoss()(pred.reshape(-1).float(), target.reshape(-1).float()).item()
