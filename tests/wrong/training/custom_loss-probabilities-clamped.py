# cause: probabilities are clamped at 1e-7 before the logarithm
# function: custom_loss
import torch
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    """With probabilities away from 0."""
    if smoothing < 0 or smoothing >= 1:
        raise ValueError("smoothing must be at least 0 and below 1")
    if gamma < 0:
        raise ValueError("gamma must not be negative")
    k = logits.size(1)
    p = torch.softmax(logits, dim=1)
    p = p.clamp(min=1e-7)  # otherwise log(0) is -inf
    t = torch.nn.functional.one_hot(labels, k) * (1 - smoothing) + smoothing / k
    py = p[torch.arange(len(labels)), labels]
    rest = (1 - py).clamp(min=1e-12)
    return (rest**gamma * -(t * p.log()).sum(1)).mean()
