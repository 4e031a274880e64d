# cause: The norm of each parameter is clipped on its own, not the global one
# function: clip_grad_norm
import torch


def clip_grad_norm(params, max_norm):
    total = 0.0
    for p in params:
        if p.grad is None:
            continue
        norm = p.grad.norm().item()
        total += norm**2
        if norm > max_norm:
            p.grad.mul_(max_norm / norm)
    return total**0.5
