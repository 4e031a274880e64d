# cause: biases are known by a name that ends with "bias" and scales by the class nn.LayerNorm, so LSTM biases and the scales of other norms decay
# function: decay_groups
from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    norms = set()
    for module in model.modules():
        if isinstance(module, nn.LayerNorm):
            norms.update(id(param) for param in module.parameters())
    decay, no_decay = [], []
    for name, param in model.named_parameters():
        if not param.requires_grad:
            continue
        if name.endswith("bias") or id(param) in norms:
            no_decay.append(param)
        else:
            decay.append(param)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
