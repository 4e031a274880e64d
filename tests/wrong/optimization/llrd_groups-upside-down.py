# cause: Turns the layers round: layer 0 gets the full rate and the top layer the smallest.
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
    lr_of: dict[int, float] = {}
    for p in model.bert.embeddings.parameters():
        lr_of[id(p)] = base_lr * decay ** len(layers)
    for i, layer in enumerate(layers):
        for p in layer.parameters():
            lr_of[id(p)] = base_lr * decay**i
    if model.bert.pooler is not None:
        for p in model.bert.pooler.parameters():
            lr_of[id(p)] = base_lr

    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for p in model.parameters():
        if p.requires_grad:
            key = (lr_of.get(id(p), head_lr), weight_decay if p.ndim > 1 else 0.0)
            groups.setdefault(key, []).append(p)
    return [{"params": ps, "lr": lr, "weight_decay": wd} for (lr, wd), ps in groups.items()]
