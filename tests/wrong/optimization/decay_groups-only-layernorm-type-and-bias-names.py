# cause: As in a library's trainer, only nn.LayerNorm and names with "bias" escape decay, so the scale of an RMSNorm or BatchNorm decays.
# function: decay_groups
from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    spared = {
        id(parameter)
        for module in model.modules()
        for name, parameter in module.named_parameters(recurse=False)
        if isinstance(module, nn.LayerNorm) or name.startswith("bias")
    }
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [p for p in trainable if id(p) not in spared], "weight_decay": weight_decay},
        {"params": [p for p in trainable if id(p) in spared], "weight_decay": 0.0},
    ]
