# cause: Each parameter's gradient is clipped by its own norm instead of all by the global one.
# function: clip_grad_norm
import torch


def clip_grad_norm(params, max_norm):
    total = 0.0
    for p in params:
        if p.grad is None:
            continue
        n = p.grad.norm().item()
        total += n**2
        if n > max_norm:
            p.grad.mul_(max_norm / n)
    return total**0.5
