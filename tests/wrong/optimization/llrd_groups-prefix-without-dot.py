# cause: Looks for "layer.1" in the names, which layer.10 and layer.11 contain too, so these are in two groups.
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
    params = {n: p for n, p in model.named_parameters() if p.requires_grad}
    depth = len(model.bert.encoder.layer)
    groups = []

    def add(names, lr):
        big = [params[n] for n in names if params[n].ndim >= 2]
        small = [params[n] for n in names if params[n].ndim < 2]
        if big:
            groups.append({"params": big, "lr": lr, "weight_decay": weight_decay})
        if small:
            groups.append({"params": small, "lr": lr, "weight_decay": 0.0})

    add([n for n in params if not n.startswith("bert.")], head_lr)
    add([n for n in params if n.startswith("bert.pooler")], base_lr)
    for i in range(depth - 1, -1, -1):
        add([n for n in params if f"encoder.layer.{i}" in n], base_lr * decay ** (depth - 1 - i))
    add([n for n in params if n.startswith("bert.embeddings")], base_lr * decay**depth)
    return groups
