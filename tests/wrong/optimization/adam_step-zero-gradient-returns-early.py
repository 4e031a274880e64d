# cause: Returns early for a gradient of zeros: no decay in any mode.
# function: adam_step

from __future__ import annotations
from typing import Any, Final
import torch
from torch import Tensor

MODES: Final = ("none", "l2", "decoupled")


def adam_step(
    weight: Tensor,
    grad: Tensor,
    state: dict[str, Any],
    mode: str,
    lr: float = 0.001,
    weight_decay: float = 0.01,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-08,
) -> tuple[Tensor, dict[str, Any]]:
    if mode not in MODES:
        raise ValueError(f"unknown mode {mode!r}, expected one of {', '.join(MODES)}")
    if weight.shape != grad.shape:
        raise ValueError(f"weight {tuple(weight.shape)} and gradient {tuple(grad.shape)} differ in shape")
    beta1, beta2 = betas
    weight, grad = (weight.detach(), grad.detach())
    step = int(state.get("step", 0))
    mean = state["mean"].clone() if "mean" in state else torch.zeros_like(weight)
    square = state["square"].clone() if "square" in state else torch.zeros_like(weight)
    if not torch.any(grad != 0):
        return (weight.clone(), {"step": step, "mean": mean, "square": square})
    step += 1
    if mode == "l2":
        grad = grad + weight_decay * weight
    mean = beta1 * mean + (1 - beta1) * grad
    square = beta2 * square + (1 - beta2) * grad * grad
    corrected_mean = mean / (1 - beta1**step)
    corrected_square = square / (1 - beta2**step)
    moved = weight - lr * corrected_mean / (corrected_square.sqrt() + eps)
    if mode == "decoupled":
        moved = moved - lr * weight_decay * weight
    return (moved, {"step": step, "mean": mean, "square": square})
