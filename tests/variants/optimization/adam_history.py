"""adam_step remembers all gradients and averages them anew in every step, in float64, by powers of beta."""

import torch


def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    decays = {"none": (0.0, 0.0), "l2": (weight_decay, 0.0), "decoupled": (0.0, weight_decay)}
    if mode not in decays:
        raise ValueError(f"{mode}?")
    inside, beside = decays[mode]
    seen = [*state.get("seen", []), grad.double() + inside * weight.double()]
    history = torch.stack(seen)
    powers = torch.arange(len(seen) - 1, -1, -1, dtype=torch.float64)

    def average(values, beta):
        shares = beta**powers
        return torch.tensordot(shares / shares.sum(), values, dims=1)

    step = average(history, betas[0]) / (average(history.square(), betas[1]).sqrt() + eps)
    return (weight.double() * (1 - lr * beside) - lr * step).to(weight.dtype), {"seen": seen}
