# cause: Embedding tables are exempt from decay, as in minGPT, although they have two dimensions.
# function: decay_groups

from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    tables = {id(m.weight) for m in model.modules() if isinstance(m, nn.Embedding)}
    decay, rest = [], []
    for parameter in model.parameters():
        if not parameter.requires_grad:
            continue
        if parameter.dim() > 1 and id(parameter) not in tables:
            decay.append(parameter)
        else:
            rest.append(parameter)
    return [dict(params=decay, weight_decay=weight_decay), dict(params=rest, weight_decay=0.0)]
