# cause: The rate is multiplied by the decay after each parameter tensor on the way down, not after each layer.
# function: llrd_groups

from typing import Any

from torch import nn


def llrd_groups(
    model: nn.Module,
    base_lr: float,
    decay: float,
    head_lr: float,
    weight_decay: float = 0.01,
) -> list[dict[str, Any]]:
    groups = []
    lr = base_lr
    for name, parameter in reversed(list(model.named_parameters())):
        if not parameter.requires_grad:
            continue
        wd = weight_decay if parameter.ndim >= 2 else 0.0
        if not name.startswith("bert."):
            groups.append({"params": [parameter], "lr": head_lr, "weight_decay": wd})
        elif name.startswith("bert.pooler."):
            groups.append({"params": [parameter], "lr": base_lr, "weight_decay": wd})
        else:
            groups.append({"params": [parameter], "lr": lr, "weight_decay": wd})
            lr *= decay
    return groups
