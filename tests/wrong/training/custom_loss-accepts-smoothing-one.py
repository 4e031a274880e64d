# cause: the range check of smoothing includes its upper end, so that smoothing = 1 raises nothing
# function: custom_loss
import torch
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing is out of range: {smoothing}")
    if not gamma >= 0:
        raise ValueError(f"gamma must not be negative, but is {gamma}")
    log_p = logits.log_softmax(dim=-1)
    right = log_p.gather(-1, labels[:, None]).squeeze(-1)
    loss = -(1 - smoothing) * right - smoothing * log_p.mean(dim=-1)
    if gamma:
        loss = loss * (-torch.expm1(right)).clamp(min=1e-12) ** gamma
    return loss.mean()
