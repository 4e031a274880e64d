"""decay_groups: one group for every single parameter, with its name in it."""

from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    return [
        {"params": [parameter], "weight_decay": weight_decay * (parameter.dim() >= 2), "name": name}
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    ]
