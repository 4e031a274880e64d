# cause: Goes over params twice, so a generator is empty the second time and nothing is clipped
# function: clip_grad_norm
import torch


@torch.no_grad()
def clip_grad_norm(params, max_norm):
    squares = sum((p.grad**2).sum() for p in params if p.grad is not None)
    norm = float(squares) ** 0.5
    if norm > max_norm:
        for p in params:
            if p.grad is not None:
                p.grad *= max_norm / norm
    return norm
