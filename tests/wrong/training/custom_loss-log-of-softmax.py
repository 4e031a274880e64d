# cause: Takes the logarithm of the softmax with a small epsilon instead of log_softmax, so large logits give a capped loss without a gradient; and: accepts a smoothing of exactly 1
# function: custom_loss
import torch


def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing out of range")
    if gamma < 0:
        raise ValueError("gamma out of range")
    B, K = logits.shape
    probs = torch.softmax(logits, dim=1)
    log_probs = torch.log(probs + 1e-12)
    targets = torch.zeros_like(probs)
    targets[torch.arange(B), labels] = 1.0
    targets = targets * (1 - smoothing) + smoothing / K
    loss = -(targets * log_probs).sum(dim=1)
    if gamma > 0:
        p_y = probs[torch.arange(B), labels]
        loss = (1 - p_y).clamp(min=1e-12) ** gamma * loss
    return loss.mean()
