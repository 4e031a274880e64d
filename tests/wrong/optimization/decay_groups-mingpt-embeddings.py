# cause: minGPT's convention: embeddings are on the blacklist together with LayerNorm, so their tables do not decay
# function: decay_groups
from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    """Decay what multiplies, spare biases, norms and embeddings."""
    spared = {
        id(parameter)
        for module in model.modules()
        if isinstance(module, (nn.LayerNorm, nn.Embedding))
        for parameter in module.parameters(recurse=False)
    }
    decay, no_decay = [], []
    for parameter in model.parameters():
        if parameter.requires_grad:
            (decay if parameter.dim() >= 2 and id(parameter) not in spared else no_decay).append(parameter)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
