# cause: Puts frozen parameters into the groups; and: writes the constant 0.01 where the argument weight_decay belongs.
# function: decay_groups

from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    all_params = list(model.parameters())
    return [
        {"params": [p for p in all_params if p.dim() >= 2], "weight_decay": 0.01},
        {"params": [p for p in all_params if p.dim() < 2], "weight_decay": 0.0},
    ]
