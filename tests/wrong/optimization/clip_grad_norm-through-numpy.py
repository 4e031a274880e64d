# cause: gradients go through numpy, which has no bfloat16
# function: clip_grad_norm
import numpy as np
import torch


def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return 0.0
    flat = np.concatenate([g.detach().cpu().numpy().astype(np.float64).ravel() for g in grads])
    norm = float(np.sqrt(np.square(flat).sum()))
    if norm > max_norm:
        with torch.no_grad():
            for g in grads:
                g.mul_(max_norm / norm)
    return norm
