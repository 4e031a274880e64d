# cause: max_norm is divided by the norm without a look at zero, so gradients that are all zero raise a ZeroDivisionError.
# function: clip_grad_norm
import torch


def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return 0.0
    norm = torch.cat([g.reshape(-1) for g in grads]).norm().item()
    factor = min(1.0, max_norm / norm)
    for g in grads:
        g.mul_(factor)
    return norm
