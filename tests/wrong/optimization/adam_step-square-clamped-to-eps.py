# cause: The corrected square is clamped to at least eps before the root.
# function: adam_step

import torch


def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if mode not in ("none", "l2", "decoupled"):
        raise ValueError(f"unknown mode {mode!r}")
    g = grad + weight_decay * weight if mode == "l2" else grad
    t = state.get("t", 0) + 1
    mean = betas[0] * state.get("mean", torch.zeros_like(weight)) + (1 - betas[0]) * g
    square = betas[1] * state.get("square", torch.zeros_like(weight)) + (1 - betas[1]) * g * g
    square_hat = (square / (1 - betas[1] ** t)).clamp(min=eps)
    new = weight - lr * mean / (1 - betas[0] ** t) / (square_hat.sqrt() + eps)
    if mode == "decoupled":
        new = new - lr * weight_decay * weight
    return new, {"t": t, "mean": mean, "square": square}
