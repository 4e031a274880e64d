# cause: 0.01 is written into the groups, so the argument weight_decay is ignored; and: no part of the head decays.
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
    groups = []

    def add(parameters, lr):
        parameters = [p for p in parameters if p.requires_grad]
        groups.append({"params": [p for p in parameters if p.dim() >= 2], "lr": lr, "weight_decay": 0.01})
        groups.append({"params": [p for p in parameters if p.dim() < 2], "lr": lr, "weight_decay": 0.0})

    inside = {id(p) for p in model.bert.parameters()}
    head = [p for p in model.parameters() if id(p) not in inside and p.requires_grad]
    groups.append({"params": head, "lr": head_lr, "weight_decay": 0.0})
    if model.bert.pooler is not None:
        add(model.bert.pooler.parameters(), base_lr)
    lr = base_lr
    for layer in reversed(model.bert.encoder.layer):
        add(layer.parameters(), lr)
        lr *= decay
    add(model.bert.embeddings.parameters(), lr)
    return [group for group in groups if group["params"]]
