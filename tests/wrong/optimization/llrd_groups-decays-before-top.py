# cause: Multiplies the rate with the decay before the top layer gets it, so every layer and the embeddings are one step too slow.
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
    seen = set()
    groups = []

    def add(params, lr):
        for p in params:
            if p.requires_grad and id(p) not in seen:
                seen.add(id(p))
                groups.append({"params": [p], "lr": lr, "weight_decay": weight_decay if p.ndim >= 2 else 0.0})

    lr = base_lr
    if model.bert.pooler is not None:
        add(model.bert.pooler.parameters(), lr)
    for layer in reversed(model.bert.encoder.layer):
        lr *= decay
        add(layer.parameters(), lr)
    lr *= decay
    add(model.bert.embeddings.parameters(), lr)
    add(model.parameters(), head_lr)
    return groups
