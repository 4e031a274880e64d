# cause: updates the running averages in place, as torch.optim does, so the state that was passed in changes from the second step on
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
    if mode not in {"none", "l2", "decoupled"}:
        raise ValueError(f"mode must be none, l2 or decoupled, not {mode!r}")
    beta1, beta2 = betas
    state = dict(state) if state else {"t": 0, "m": torch.zeros_like(weight), "v": torch.zeros_like(weight)}
    state["t"] += 1
    if mode == "l2":
        grad = grad + weight_decay * weight
    state["m"].mul_(beta1).add_(grad, alpha=1 - beta1)
    state["v"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
    m_hat = state["m"] / (1 - beta1 ** state["t"])
    v_hat = state["v"] / (1 - beta2 ** state["t"])
    new = weight - lr * m_hat / (v_hat.sqrt() + eps)
    if mode == "decoupled":
        new = new - lr * weight_decay * weight
    return new, state
