# cause: ported from TensorFlow/Keras: the corrections go into the step size and eps is added to the uncorrected root ("epsilon hat"), which is another step when eps is not tiny
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
    """Adam with the bias corrections folded into the rate."""
    if mode not in ("none", "l2", "decoupled"):
        raise ValueError(f"unknown mode {mode!r}")
    beta1, beta2 = betas
    t = state.get("t", 0) + 1
    if mode == "l2":
        grad = grad + weight_decay * weight
    m = beta1 * state.get("m", torch.zeros_like(weight)) + (1 - beta1) * grad
    v = beta2 * state.get("v", torch.zeros_like(weight)) + (1 - beta2) * grad * grad
    alpha = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    new = weight - alpha * m / (v.sqrt() + eps)
    if mode == "decoupled":
        new = new - lr * weight_decay * weight
    return new, {"t": t, "m": m, "v": v}
