# cause: from a Kaggle blog: pooler and head form one group with the head's learning rate
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
    """Layer-wise learning rate decay."""
    n_layers = len(model.bert.encoder.layer)
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("bert.embeddings."):
            lr = base_lr * decay**n_layers
        elif name.startswith("bert.encoder.layer."):
            lr = base_lr * decay ** (n_layers - 1 - int(name.split(".")[3]))
        else:
            lr = head_lr
        wd = weight_decay if parameter.ndim >= 2 else 0.0
        groups.setdefault((lr, wd), []).append(parameter)
    return [{"params": params, "lr": lr, "weight_decay": wd} for (lr, wd), params in groups.items()]
