# cause: The parameters themselves are shortened instead of their gradients.
# function: clip_grad_norm
import torch


@torch.no_grad()
def clip_grad_norm(params, max_norm):
    ps = [p for p in params if p.grad is not None]
    norm = sum(p.grad.pow(2).sum().item() for p in ps) ** 0.5
    if norm > max_norm:
        for p in ps:
            p.data.mul_(max_norm / norm)
    return float(norm)
