# cause: In the mode decoupled the decay is not multiplied by the learning rate, as in the paper's formula, which has a schedule factor there.
# function: adam_step

import torch


def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if mode not in {"none", "l2", "decoupled"}:
        raise ValueError(mode)
    b1, b2 = betas
    t = state.get("t", 0) + 1
    m = state.get("m", torch.zeros_like(weight))
    v = state.get("v", torch.zeros_like(weight))
    g = grad + weight_decay * weight if mode == "l2" else grad
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    new = weight - lr * m_hat / (v_hat.sqrt() + eps)
    if mode == "decoupled":
        new = new - weight_decay * weight
    return new, {"t": t, "m": m, "v": v}
