# cause: log-sum-exp with the maximum of the whole batch, so rows far below it underflow
# function: mlm_loss
import torch
from torch import Tensor

IGNORED = -100


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    keep = labels != IGNORED
    z, y = (logits[keep], labels[keep])
    if not len(y):
        return z.sum()
    m = z.detach().max()
    lse = m + (z - m).exp().sum(-1).log()
    z_y = z.gather(-1, y[:, None])[:, 0]
    return (lse - z_y).sum() / len(y)
