"""adam_step keeps corrected averages in plain lists and numbers, and works number by number."""

import math

import torch


def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if not (mode == "none" or mode == "l2" or mode == "decoupled"):
        raise ValueError("mode")
    t = 1 if not state else state["n"] + 1
    numbers, slopes = weight.flatten().tolist(), grad.flatten().tolist()
    m = state["m"] if state else [0.0] * len(numbers)
    v = state["v"] if state else [0.0] * len(numbers)
    new_m, new_v, moved = [], [], []
    for w, g, a, b in zip(numbers, slopes, m, v, strict=True):
        g += weight_decay * w * (mode == "l2")
        new_m.append(betas[0] * a + (1 - betas[0]) * g)
        new_v.append(betas[1] * b + (1 - betas[1]) * g * g)
        step = new_m[-1] / (1 - betas[0] ** t) / (math.sqrt(new_v[-1] / (1 - betas[1] ** t)) + eps)
        moved.append(w - lr * step - (lr * weight_decay * w if mode == "decoupled" else 0.0))
    return torch.tensor(moved).view(weight.shape), {"n": t, "m": new_m, "v": new_v}
