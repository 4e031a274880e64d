# cause: the modes are keys of a table, so an unknown one raises a KeyError
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
    """One step, by a table of modes."""
    w, g = weight.detach(), grad.detach()
    into_grad, into_weight = {
        "none": (0.0, 0.0),
        "l2": (weight_decay, 0.0),
        "decoupled": (0.0, lr * weight_decay),
    }[mode]

    def blend(beta, old, new):
        return beta * old + (1.0 - beta) * new

    t = state.get("t", 0) + 1
    pull = g + into_grad * w
    mean, square = (
        blend(beta, state.get(name, torch.zeros_like(w)), new)
        for beta, name, new in zip(betas, ("mean", "square"), (pull, pull * pull), strict=True)
    )
    fair_mean, fair_square = mean / (1.0 - betas[0] ** t), square / (1.0 - betas[1] ** t)
    moved = w - into_weight * w - lr * fair_mean / (fair_square.sqrt() + eps)
    return moved, {"t": t, "mean": mean, "square": square}
