# cause: applies weight decay inside the encoder only and puts the whole head into one group with decay 0
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
    bert = model.bert
    layers = list(bert.encoder.layer)
    parts = [(bert.embeddings, base_lr * decay ** len(layers))]
    for depth, layer in enumerate(reversed(layers)):
        parts.append((layer, base_lr * decay**depth))
    if bert.pooler is not None:
        parts.append((bert.pooler, base_lr))

    groups = []
    seen = set()
    for module, lr in parts:
        own = [p for p in module.parameters() if p.requires_grad and id(p) not in seen]
        seen.update(id(p) for p in own)
        groups.append({"params": [p for p in own if p.ndim >= 2], "lr": lr, "weight_decay": weight_decay})
        groups.append({"params": [p for p in own if p.ndim < 2], "lr": lr, "weight_decay": 0.0})
    head = [p for p in model.parameters() if p.requires_grad and id(p) not in seen]
    groups.append({"params": head, "lr": head_lr, "weight_decay": 0.0})
    return groups
