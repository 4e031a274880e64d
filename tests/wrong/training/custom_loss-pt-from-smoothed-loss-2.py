# cause: P_y of the focal factor is computed as exp(-loss) from the cross-entropy that already has the label smoothing in it, so with both parts on, it is no longer the probability of the label.
# function: custom_loss

import torch
import torch.nn.functional as F


def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if not 0 <= smoothing < 1:
        raise ValueError("smoothing must be in [0, 1)")
    if gamma < 0:
        raise ValueError("gamma must not be negative")
    ce = F.cross_entropy(logits, labels, label_smoothing=smoothing, reduction="none")
    pt = torch.exp(-ce)
    focal = (1 - pt).clamp_min(1e-12) ** gamma
    return (focal * ce).mean()
