# cause: It takes the log of softmax + 1e-8 instead of the log-softmax, so the loss of a very wrong example stops growing at about 18.
# function: custom_loss

import torch


def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if smoothing < 0 or smoothing >= 1 or gamma < 0:
        raise ValueError("smoothing or gamma out of range")
    K = logits.shape[1]
    p = logits.softmax(dim=1)
    logp = torch.log(p + 1e-8)
    onehot = torch.zeros_like(logits).scatter_(1, labels.unsqueeze(1), 1.0)
    t = onehot * (1 - smoothing) + smoothing / K
    ce = -torch.einsum("bk,bk->b", t, logp)
    p_y = torch.einsum("bk,bk->b", onehot, p)
    return torch.mean((1 - p_y).clamp(min=1e-12).pow(gamma) * ce)
