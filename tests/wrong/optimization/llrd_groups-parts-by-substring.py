# cause: looks for "pooler" and "embeddings" anywhere in a name, so a head with such a name gets an encoder's rate
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

    def rate(name: str) -> float:
        if "embeddings" in name:
            return base_lr * decay**n_layers
        if "encoder.layer." in name:
            index = int(name.split("encoder.layer.")[1].split(".")[0])
            return base_lr * decay ** (n_layers - 1 - index)
        if "pooler" in name:
            return base_lr
        return head_lr

    groups: dict[tuple[float, float], dict[str, Any]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        key = (rate(name), weight_decay if parameter.ndim >= 2 else 0.0)
        group = groups.setdefault(key, {"params": [], "lr": key[0], "weight_decay": key[1]})
        group["params"].append(parameter)
    return list(groups.values())
