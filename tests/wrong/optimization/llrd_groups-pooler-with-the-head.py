# cause: the pooler is counted to the head and gets head_lr instead of base_lr
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
    n_layers = len(model.bert.encoder.layer)
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, param in model.named_parameters():
        if not param.requires_grad:
            continue
        if name.startswith("bert.embeddings."):
            lr = base_lr * decay**n_layers
        elif name.startswith("bert.encoder.layer."):
            layer = int(name.split(".")[3])
            lr = base_lr * decay ** (n_layers - 1 - layer)
        else:
            lr = head_lr
        wd = weight_decay if param.ndim >= 2 else 0.0
        groups.setdefault((lr, wd), []).append(param)
    return [{"params": params, "lr": lr, "weight_decay": wd} for (lr, wd), params in groups.items()]
