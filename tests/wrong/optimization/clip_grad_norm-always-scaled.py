# cause: The gradient is brought to max_norm in every case, so a shorter one is lengthened.
# function: clip_grad_norm

import torch


@torch.no_grad()
def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return 0.0
    total = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in grads])).item()
    if total == 0.0:
        return 0.0
    factor = max_norm / total
    for g in grads:
        g *= factor
    return total
