# cause: Scales always by max_norm / norm, so short gradients are made longer; and: returns the norm after clipping
# function: clip_grad_norm
import torch


@torch.no_grad()
def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return 0.0
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in grads]))
    for g in grads:
        g.mul_(max_norm / (norm + 1e-12))
    return torch.linalg.vector_norm(torch.cat([g.flatten() for g in grads])).item()
