# cause: Asks for exactly two dimensions and not for two or more, so the kernels of a convolution do not decay.
# function: decay_groups

from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    groups = {True: [], False: []}
    for p in model.parameters():
        if p.requires_grad:
            groups[len(p.shape) == 2].append(p)
    return [
        {"params": groups[True], "weight_decay": weight_decay},
        {"params": groups[False], "weight_decay": 0.0},
    ]
