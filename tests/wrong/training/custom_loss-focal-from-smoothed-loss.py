# cause: takes p_y as exp(-cross-entropy), the usual focal snippet, which is not the probability of the label once the loss is smoothed
# function: custom_loss
import torch
from torch import Tensor, nn


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing must be in [0, 1), not {smoothing}")
    if not gamma >= 0:
        raise ValueError(f"gamma must not be negative, but is {gamma}")
    ce = nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing, reduction="none")
    if gamma == 0:
        return ce.mean()
    p = torch.exp(-ce)
    return ((1 - p).clamp(min=1e-8) ** gamma * ce).mean()
