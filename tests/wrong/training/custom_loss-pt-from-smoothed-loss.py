# cause: Takes p_y as exp(-cross-entropy), as focal-loss tutorials do, also where the cross-entropy is the smoothed one
# function: custom_loss
import torch
from torch.nn.functional import cross_entropy


def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if smoothing < 0 or smoothing >= 1 or gamma < 0:
        raise ValueError("smoothing must be in [0, 1) and gamma must not be negative")
    ce_loss = cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
    if gamma == 0:
        return ce_loss.mean()
    pt = torch.exp(-ce_loss)
    focal = (1 - pt).clamp(min=1e-12) ** gamma * ce_loss
    return focal.mean()
