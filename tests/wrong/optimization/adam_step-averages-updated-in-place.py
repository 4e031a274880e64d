# cause: The state's dictionary is copied but not its tensors, which are updated in place, so the caller's old state changes.
# function: adam_step
from typing import Any

import torch
from torch import Tensor


def adam_step(
    weight: Tensor,
    grad: Tensor,
    state: dict[str, Any],
    mode: str,
    lr: float = 1e-3,
    weight_decay: float = 0.01,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Tensor, dict[str, Any]]:
    if mode not in ("none", "l2", "decoupled"):
        raise ValueError(f"unknown mode {mode!r}")
    beta1, beta2 = betas
    weight, grad = weight.detach(), grad.detach()
    if mode == "l2":
        grad = grad + weight_decay * weight
    new = dict(state)
    if not new:
        new = {"t": 0, "mean": torch.zeros_like(grad), "square": torch.zeros_like(grad)}
    new["t"] += 1
    new["mean"].mul_(beta1).add_(grad, alpha=1 - beta1)
    new["square"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
    mean = new["mean"] / (1 - beta1 ** new["t"])
    square = new["square"] / (1 - beta2 ** new["t"])
    moved = weight - lr * mean / (square.sqrt() + eps)
    if mode == "decoupled":
        moved = moved - lr * weight_decay * weight
    return moved, new
