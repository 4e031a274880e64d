# cause: computes p_y as exp(-loss), as many focal-loss snippets do, from a loss that is already smoothed
# function: custom_loss
import torch
import torch.nn.functional as F
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    if not 0.0 <= smoothing < 1.0:
        raise ValueError("smoothing must be in [0, 1)")
    if gamma < 0.0:
        raise ValueError("gamma must not be negative")
    loss = F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
    if gamma > 0.0:
        pt = torch.exp(-loss)
        loss = (1.0 - pt).clamp(min=1e-8) ** gamma * loss
    return loss.mean()
