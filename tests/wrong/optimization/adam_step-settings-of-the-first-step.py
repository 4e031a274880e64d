# cause: the settings of the first call are kept in the state and override those of later calls
# function: adam_step
from typing import Any
import torch
from torch import Tensor


def adam_step(
    weight: Tensor,
    grad: Tensor,
    state: dict[str, Any],
    mode: str,
    lr: float = 0.001,
    weight_decay: float = 0.01,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-08,
):
    if mode not in ("none", "l2", "decoupled"):
        raise ValueError(f"no such mode: {mode}")
    options = {"lr": lr, "weight_decay": weight_decay, "betas": tuple(betas), "eps": eps}
    options.update(state.get("options", {}))
    lr, weight_decay, eps = (options["lr"], options["weight_decay"], options["eps"])
    beta1, beta2 = options["betas"]
    t = state.get("t", 0) + 1
    g = grad + weight_decay * weight if mode == "l2" else grad
    mean = state.get("mean", torch.zeros_like(g)) * beta1 + (1 - beta1) * g
    square = state.get("square", torch.zeros_like(g)) * beta2 + (1 - beta2) * g.square()
    direction = mean / (1 - beta1**t) / ((square / (1 - beta2**t)).sqrt() + eps)
    new = weight - lr * direction
    if mode == "decoupled":
        new = new - lr * weight_decay * weight
    return (new, {"t": t, "mean": mean, "square": square, "options": options})
