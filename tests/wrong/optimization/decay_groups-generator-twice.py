# cause: Keeps the trainable parameters in a generator and reads it twice, so the second group comes out empty.
# function: decay_groups

from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    trainable = filter(lambda p: p.requires_grad, model.parameters())
    decayed = [p for p in trainable if p.ndim >= 2]
    spared = [p for p in trainable if p.ndim < 2]
    return [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": spared, "weight_decay": 0.0},
    ]
