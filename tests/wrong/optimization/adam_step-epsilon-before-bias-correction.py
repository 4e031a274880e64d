# cause: As in Keras, both corrections are put into the rate, so eps is added to the root of the uncorrected square.
# function: adam_step
import math
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
    t = state.get("t", 0) + 1
    mean = beta1 * state.get("mean", torch.zeros_like(grad)) + (1 - beta1) * grad
    square = beta2 * state.get("square", torch.zeros_like(grad)) + (1 - beta2) * grad * grad
    rate = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    moved = weight - rate * mean / (square.sqrt() + eps)
    if mode == "decoupled":
        moved = moved - lr * weight_decay * weight
    return moved, {"t": t, "mean": mean, "square": square}
