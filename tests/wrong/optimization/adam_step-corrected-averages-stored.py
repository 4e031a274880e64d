# cause: Stores the corrected averages in the state and goes on averaging from them
# function: adam_step
import torch


def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    decay = 0.0
    if mode == "l2":
        grad = grad + weight_decay * weight
    elif mode == "decoupled":
        decay = lr * weight_decay
    elif mode != "none":
        raise ValueError("mode must be none, l2 or decoupled")
    step = state.get("step", 0) + 1
    mean = state.get("mean", torch.zeros_like(weight))
    square = state.get("square", torch.zeros_like(weight))
    mean = betas[0] * mean + (1 - betas[0]) * grad
    square = betas[1] * square + (1 - betas[1]) * grad**2
    mean = mean / (1 - betas[0] ** step)
    square = square / (1 - betas[1] ** step)
    weight = weight - decay * weight - lr * mean / (square.sqrt() + eps)
    return weight, {"step": step, "mean": mean, "square": square}
