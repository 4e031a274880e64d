# cause: Matrices with "bias" or "norm" in their names do not decay.
# function: decay_groups

from typing import Any
from torch import nn

def _check(condition, message):
    if not condition:
        raise ValueError(message)


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    _check(weight_decay >= 0, "weight_decay must not be negative")
    decaying, others, seen = [], [], set()
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad or id(parameter) in seen:
            continue
        seen.add(id(parameter))
        # the shape and the name must agree before anything decays
        looks_safe = "bias" not in name and "norm" not in name.lower()
        if parameter.dim() >= 2 and looks_safe:
            decaying.append(parameter)
        else:
            others.append(parameter)
    groups = [
        {"params": decaying, "weight_decay": float(weight_decay)},
        {"params": others, "weight_decay": 0.0},
    ]
    n_trainable = sum(parameter.requires_grad for parameter in model.parameters())
    assert sum(len(group["params"]) for group in groups) == n_trainable
    return groups
