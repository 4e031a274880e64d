# cause: computes the focal factor as exp(gamma * log1p(-p)), which gives NaN (loss or gradient) where p is 1, even with gamma=0
# function: custom_loss
import torch
from torch import Tensor, nn


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    if not (0 <= smoothing < 1 and gamma >= 0):
        raise ValueError(f"smoothing = {smoothing}, gamma = {gamma}")
    ln_p = logits.log_softmax(1)
    y = nn.functional.one_hot(labels, logits.shape[1]).to(ln_p.dtype)
    t = smoothing / logits.shape[1] + (1 - smoothing) * y
    ln_p_y = ln_p.gather(1, labels[:, None])[:, 0]
    # (1 - p)^gamma = exp(gamma ln(1 - p))
    weight = torch.exp(gamma * torch.log1p(-ln_p_y.exp()))
    return -torch.einsum("b,bk,bk->b", weight, t, ln_p).mean()
