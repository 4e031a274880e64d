# cause: The head is collected from the child modules beside bert, so a bare nn.Parameter of the model itself is in no group.
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
    layers = model.bert.encoder.layer
    depth = len(layers)
    parts = [(model.bert.embeddings, base_lr * decay**depth)]
    parts += [(layer, base_lr * decay ** (depth - 1 - i)) for i, layer in enumerate(layers)]
    if model.bert.pooler is not None:
        parts.append((model.bert.pooler, base_lr))
    parts += [(child, head_lr) for name, child in model.named_children() if name != "bert"]

    groups, seen = [], set()
    for part, lr in parts:
        fresh = [p for p in part.parameters() if p.requires_grad and id(p) not in seen]
        seen.update(id(p) for p in fresh)
        matrices = [p for p in fresh if p.ndim >= 2]
        vectors = [p for p in fresh if p.ndim < 2]
        if matrices:
            groups.append({"params": matrices, "lr": lr, "weight_decay": weight_decay})
        if vectors:
            groups.append({"params": vectors, "lr": lr, "weight_decay": 0.0})
    return groups
