"""adam_step: keeps all gradients and the weight of each in both averages, and computes the averages as dot products."""

from typing import Any

import torch
from torch import Tensor


@torch.no_grad()
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
    joins, shrinks = {"none": (0.0, 0.0), "l2": (weight_decay, 0.0), "decoupled": (0.0, weight_decay)}.get(
        mode, (None, None)
    )
    if joins is None:
        raise ValueError(f"no such mode: {mode!r}")
    old = weight.double()
    row = (grad.double() + joins * old).unsqueeze(0)
    history = torch.cat([state["history"], row]) if state else row
    counts = torch.tensor(betas, dtype=torch.float64, device=weight.device)[:, None]
    shares = torch.cat([counts * state["shares"], 1 - counts], dim=1) if state else 1 - counts
    fair = shares / (1 - counts ** len(history))
    mean = torch.tensordot(fair[0], history, dims=1)
    square = torch.tensordot(fair[1], history * history, dims=1)
    new = old - lr * (mean / (square.sqrt() + eps) + shrinks * old)
    return new.to(weight.dtype), {"history": history, "shares": shares}
