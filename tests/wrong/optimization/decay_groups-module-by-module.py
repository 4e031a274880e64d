# cause: Collects parameters module by module without remembering which it has seen, so tied weights are listed twice.
# function: decay_groups

from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    yes: list[nn.Parameter] = []
    no: list[nn.Parameter] = []
    for module in model.modules():
        for param in module.parameters(recurse=False):
            if param.requires_grad:
                (yes if param.dim() > 1 else no).append(param)
    return [{"params": yes, "weight_decay": weight_decay}, {"params": no, "weight_decay": 0.0}]
