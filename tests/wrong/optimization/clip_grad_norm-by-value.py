# cause: The entries are clamped to [-max_norm, max_norm] instead of being scaled by one factor, which changes the direction.
# function: clip_grad_norm
import torch


def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return 0.0
    norm = torch.cat([g.flatten() for g in grads]).norm().item()
    for g in grads:
        g.clamp_(-max_norm, max_norm)
    return norm
