# cause: folds both bias corrections into the step size, so that eps is added to the uncorrected root and counts for too much in early steps
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
    step = state.get("step", 0) + 1
    if mode == "l2":
        grad = grad + weight_decay * weight
    exp_avg = beta1 * state.get("exp_avg", torch.zeros_like(weight)) + (1 - beta1) * grad
    exp_avg_sq = beta2 * state.get("exp_avg_sq", torch.zeros_like(weight)) + (1 - beta2) * grad * grad
    step_size = lr * math.sqrt(1 - beta2**step) / (1 - beta1**step)
    new = weight - step_size * exp_avg / (exp_avg_sq.sqrt() + eps)
    if mode == "decoupled":
        new = new - lr * weight_decay * weight
    return new, {"step": step, "exp_avg": exp_avg, "exp_avg_sq": exp_avg_sq}
