# cause: The running averages of the state that was handed in are updated in place, although nothing that is handed in may change.
# function: adam_step

import torch


@torch.no_grad()
def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if mode not in ("none", "l2", "decoupled"):
        raise ValueError(f"unknown mode: {mode}")
    beta1, beta2 = betas
    if not state:
        state = {"step": 0, "exp_avg": torch.zeros_like(weight), "exp_avg_sq": torch.zeros_like(weight)}
    step = state["step"] + 1
    exp_avg, exp_avg_sq = state["exp_avg"], state["exp_avg_sq"]

    param = weight.clone()
    if mode == "decoupled":
        param.mul_(1 - lr * weight_decay)
    elif mode == "l2":
        grad = grad.add(weight, alpha=weight_decay)

    exp_avg.mul_(beta1).add_(grad, alpha=1 - beta1)
    exp_avg_sq.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
    denom = (exp_avg_sq / (1 - beta2**step)).sqrt().add_(eps)
    param.addcdiv_(exp_avg / (1 - beta1**step), denom, value=-lr)
    return param, {"step": step, "exp_avg": exp_avg, "exp_avg_sq": exp_avg_sq}
