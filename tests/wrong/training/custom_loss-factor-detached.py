# cause: Computes the focal factor without a graph, so the gradient does not go through it
# function: custom_loss
import torch
import torch.nn.functional as F


def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if not (0.0 <= smoothing < 1.0):
        raise ValueError(f"smoothing = {smoothing}")
    if not gamma >= 0:
        raise ValueError(f"gamma = {gamma}")
    ce = F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
    with torch.no_grad():
        p = logits.softmax(dim=1)[torch.arange(len(labels)), labels]
        weight = (1 - p) ** gamma
    return (weight * ce).mean()
