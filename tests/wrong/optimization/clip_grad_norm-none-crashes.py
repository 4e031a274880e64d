# cause: Parameters without a gradient are not passed over: None has no norm.
# function: clip_grad_norm
import torch


def clip_grad_norm(params, max_norm):
    params = list(params)
    norm = torch.sqrt(sum((p.grad**2).sum() for p in params)).item()
    if norm > max_norm:
        for p in params:
            p.grad.mul_(max_norm / norm)
    return norm
