# cause: p_y in the focal factor is taken from exp(-cross-entropy), which is not p_y any more once the cross-entropy is smoothed
# function: custom_loss
import torch.nn.functional as F
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    if not 0 <= smoothing < 1:
        raise ValueError("smoothing must be in [0, 1)")
    if gamma < 0:
        raise ValueError("gamma must not be negative")
    ce = F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
    if gamma == 0:
        return ce.mean()
    one_minus_pt = (-(-ce).expm1()).clamp(min=1e-12)
    return (one_minus_pt**gamma * ce).mean()
