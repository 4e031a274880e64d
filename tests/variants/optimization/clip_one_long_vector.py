"""clip_grad_norm really makes one vector of all gradients, in float64, and puts new tensors in their place."""

import torch


def clip_grad_norm(params, max_norm):
    params = [p for p in params if p.grad is not None]
    long = torch.cat([torch.zeros(1, dtype=torch.float64), *(p.grad.flatten().double() for p in params)])
    norm = long.norm()
    for p in params:
        p.grad = p.grad / torch.clamp(norm / max_norm, min=1).to(p.grad.dtype)
    return norm
