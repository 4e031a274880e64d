# cause: Eps is added under the square root instead of to the root, so small gradients move the weight too little.
# function: adam_step

import torch
from torch import Tensor


def adam_step(weight: Tensor, grad: Tensor, state, mode: str, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if mode == "l2":
        grad = grad + weight_decay * weight
    elif mode not in ("none", "decoupled"):
        raise ValueError(f"no mode {mode}")
    n, mean, square = state["all"] if state else (0, 0.0, 0.0)
    n += 1
    mean = betas[0] * mean + (1 - betas[0]) * grad
    square = betas[1] * square + (1 - betas[1]) * grad * grad
    step = lr * (mean / (1 - betas[0] ** n)) / torch.sqrt(square / (1 - betas[1] ** n) + eps)
    if mode == "decoupled":
        step = step + lr * weight_decay * weight
    return weight - step, {"all": (n, mean, square)}
