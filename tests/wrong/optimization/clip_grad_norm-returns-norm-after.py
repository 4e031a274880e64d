# cause: The norm after clipping is returned instead of the one before.
# function: clip_grad_norm
import torch


def clip_grad_norm(params, max_norm):
    params = [p for p in params if p.grad is not None]
    if len(params) == 0:
        return 0.0
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(p.grad) for p in params]))
    if norm > max_norm:
        for p in params:
            p.grad *= max_norm / norm
        norm = norm.clamp(max=max_norm)
    return norm.item()
