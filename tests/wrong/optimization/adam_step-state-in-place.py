# cause: Updates the averages in place with mul_ and add_, so the state of the step before changes
# function: adam_step
import torch


def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if mode not in {"none", "l2", "decoupled"}:
        raise ValueError(f"unknown mode {mode}")
    if mode == "l2":
        grad = grad + weight_decay * weight
    beta1, beta2 = betas
    if not state:
        state = {"step": 0, "exp_avg": torch.zeros_like(weight), "exp_avg_sq": torch.zeros_like(weight)}
    state["step"] += 1
    exp_avg, exp_avg_sq = state["exp_avg"], state["exp_avg_sq"]
    exp_avg.mul_(beta1).add_(grad, alpha=1 - beta1)
    exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
    mean = exp_avg / (1 - beta1 ** state["step"])
    square = exp_avg_sq / (1 - beta2 ** state["step"])
    moved = weight - lr * mean / (square.sqrt() + eps)
    if mode == "decoupled":
        moved = moved - lr * weight_decay * weight
    return moved, state
