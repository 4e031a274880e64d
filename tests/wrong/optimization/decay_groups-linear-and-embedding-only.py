# cause: Only the weights of nn.Linear and nn.Embedding decay; other parameters with two or more dimensions (LSTM matrices, convolution kernels, bare matrices) do not.
# function: decay_groups
from typing import Any
from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    # matrices by the type of the module that owns them, names differ too much between models
    matrices = {}
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Embedding)):
            matrices[id(module.weight)] = module.weight

    decay, no_decay = [], []
    for p in model.parameters():
        if not p.requires_grad:
            continue
        if id(p) in matrices:
            decay.append(p)
        else:
            no_decay.append(p)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
