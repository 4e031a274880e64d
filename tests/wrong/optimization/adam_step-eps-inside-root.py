# cause: Puts eps inside the square root, sqrt(square + eps)
# function: adam_step
import torch


def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if mode not in ("none", "l2", "decoupled"):
        raise ValueError(mode)
    b1, b2 = betas
    g = grad + weight_decay * weight if mode == "l2" else grad
    t = state.get("t", 0) + 1
    m = b1 * state.get("m", 0) + (1 - b1) * g
    v = b2 * state.get("v", 0) + (1 - b2) * g * g
    m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
    new = weight - lr * m_hat / torch.sqrt(v_hat + eps)
    if mode == "decoupled":
        new = new - lr * weight_decay * weight
    return new, {"t": t, "m": m, "v": v}
