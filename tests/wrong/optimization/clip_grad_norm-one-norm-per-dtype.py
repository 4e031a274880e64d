# cause: gradients are put into buckets by device and dtype, and each bucket is clipped by its own norm
# function: clip_grad_norm
import math
from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    """One bucket for each kind of tensor."""
    # tensors of different devices and dtypes cannot be stacked, so each kind has a bucket of its own
    buckets = defaultdict(list)
    for p in params:
        if p.grad is not None:
            buckets[p.grad.device, p.grad.dtype].append(p.grad)
    total = 0.0
    for grads in buckets.values():
        norm = float(torch.stack([torch.linalg.vector_norm(g.double()) for g in grads]).norm())
        if norm > max_norm:
            for g in grads:
                g.mul_(max_norm / norm)
        total = math.hypot(total, norm)
    return total
