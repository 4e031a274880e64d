# cause: misread the formula: the focal factor stands inside the sum, (1 - p_k)^gamma for every class k, which shows only with smoothing and gamma together
# function: custom_loss
import torch
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    """Soft targets, focal weights, cross-entropy."""
    if not 0.0 <= smoothing < 1.0:
        raise ValueError("smoothing must be in [0, 1)")
    if not gamma >= 0.0:
        raise ValueError("gamma must not be negative")
    n_classes = logits.size(-1)
    log_p = torch.log_softmax(logits, dim=-1)
    target = torch.full_like(log_p, smoothing / n_classes)
    target.scatter_add_(1, labels[:, None], torch.full_like(log_p[:, :1], 1.0 - smoothing))
    losses = -target * log_p
    if gamma > 0:
        losses = losses * (1 - log_p.exp()).clamp(min=1e-6) ** gamma
    return losses.sum(dim=-1).mean()
