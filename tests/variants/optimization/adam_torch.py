"""adam_step lets torch's functions work on copies: lerp for the mean, addcmul for the square, addcdiv for the step."""

import torch


def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if mode == "l2":
        grad = torch.add(grad, weight, alpha=weight_decay)
        shrink = 1.0
    elif mode == "decoupled":
        shrink = 1 - lr * weight_decay
    elif mode == "none":
        shrink = 1.0
    else:
        raise ValueError(mode)
    step, exp_avg, exp_avg_sq = state.get("moments", (0, torch.zeros_like(weight), torch.zeros_like(weight)))
    step += 1
    exp_avg = exp_avg.lerp(grad, 1 - betas[0])
    exp_avg_sq = exp_avg_sq.mul(betas[1]).addcmul(grad, grad, value=1 - betas[1])
    denominator = (exp_avg_sq.sqrt() / (1 - betas[1] ** step) ** 0.5).add(eps)
    moved = weight.mul(shrink).addcdiv(exp_avg, denominator, value=-lr / (1 - betas[0] ** step))
    return moved, {"moments": [step, exp_avg, exp_avg_sq]}
