# cause: The largest corrected average of squares so far is used (AMSGrad).
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
        raise ValueError(f"unknown mode {mode}")
    beta1, beta2 = betas
    zero = torch.zeros_like(weight)
    t = state.get("t", 0) + 1
    g = grad + weight_decay * weight if mode == "l2" else grad
    m = beta1 * state.get("m", zero) + (1 - beta1) * g
    v = beta2 * state.get("v", zero) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    # the maximum keeps the effective rate from growing again, without which Adam need not converge
    v_hat = torch.maximum(state.get("v_hat", zero), v / (1 - beta2**t))
    w = weight - lr * m_hat / (v_hat.sqrt() + eps)
    if mode == "decoupled":
        w = w - lr * weight_decay * weight
    return w, {"t": t, "m": m, "v": v, "v_hat": v_hat}
