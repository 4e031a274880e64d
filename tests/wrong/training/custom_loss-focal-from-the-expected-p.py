# cause: the focal factor uses the expectation of p under the smoothed target instead of p of the label
# function: custom_loss
import torch
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    """With weights of one minus the expected probability."""
    if not 0.0 <= smoothing < 1.0 or not gamma >= 0.0:
        raise ValueError("smoothing is in [0, 1), gamma in [0, Inf)")
    classes = logits.shape[1]
    log_p = logits.log_softmax(dim=1)
    target = torch.full_like(log_p, smoothing / classes)
    target[torch.arange(len(labels)), labels] += 1.0 - smoothing
    # the probability that the model gives to a draw from the target distribution
    expected = (target * log_p.exp()).sum(dim=1)
    focus = (1.0 - expected).clamp(min=1e-12) ** gamma
    return (focus * -(target * log_p).sum(dim=1)).mean()
