"""adam_step: stores averages that are corrected already (a lerp whose weight falls with the step), and the step
as a tensor.
"""

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
    w, g = weight.detach().double(), grad.detach().double()
    match mode:
        case "none":
            start = w
        case "l2":
            start, g = w, torch.add(g, w, alpha=weight_decay)
        case "decoupled":
            start = w - w * (lr * weight_decay)
        case _:
            raise ValueError(mode)
    t = int(state.get("t", torch.tensor(0))) + 1
    new = {"t": torch.tensor(t)}
    for power, beta in enumerate(betas, start=1):
        before = state.get(f"moment {power}", torch.zeros_like(g))
        new[f"moment {power}"] = torch.lerp(before, g**power, (1 - beta) / (1 - beta**t))
    moved = torch.addcdiv(start, new["moment 1"], new["moment 2"].sqrt() + eps, value=-lr)
    return moved.to(weight.dtype), new
