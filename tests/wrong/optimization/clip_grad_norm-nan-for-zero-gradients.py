# cause: The factor max_norm / norm is computed without a look at zero, so gradients that are all zero become nan.
# function: clip_grad_norm
import torch


def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return 0.0
    norm = torch.sqrt(sum(g.pow(2).sum() for g in grads))
    factor = max_norm / norm
    for g in grads:
        g.copy_(torch.where(factor < 1, g * factor, g * torch.clamp(factor, max=1.0)))
    return norm.item()
