# cause: the bias-corrected averages go into the state, so the next step goes on from them and corrects them again
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
    t = state.get("t", 0) + 1
    mean = state.get("mean", torch.zeros_like(weight))
    square = state.get("square", torch.zeros_like(weight))
    g = grad + weight_decay * weight if mode == "l2" else grad
    mean = beta1 * mean + (1 - beta1) * g
    square = beta2 * square + (1 - beta2) * g * g
    mean = mean / (1 - beta1**t)
    square = square / (1 - beta2**t)
    new = weight - lr * mean / (square.sqrt() + eps)
    if mode == "decoupled":
        new = new - lr * weight_decay * weight
    return new, {"t": t, "mean": mean, "square": square}
