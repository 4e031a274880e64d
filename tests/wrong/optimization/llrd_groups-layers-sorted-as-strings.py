# cause: layers are numbered by their names sorted as strings: 0, 1, 10, 11, 2, ...
# function: llrd_groups

from typing import Any
from torch import nn


def _trainable(module: nn.Module) -> dict[str, nn.Parameter]:
    return {path: leaf for path, leaf in module.named_parameters() if leaf.requires_grad}


def llrd_groups(
    model: nn.Module, base_lr: float, decay: float, head_lr: float, weight_decay: float = 0.01
) -> list[dict[str, Any]]:
    labels: dict[int, str] = {}
    rates = {"head": head_lr, "pooler": base_lr}
    for leaf in model.parameters():
        labels[id(leaf)] = "head"
    blocks = dict(model.bert.encoder.layer.named_children())
    depth = len(blocks)
    rates["embeddings"] = base_lr * decay**depth
    for leaf in model.bert.embeddings.parameters():
        labels[id(leaf)] = "embeddings"
    for position, name in enumerate(sorted(blocks)):
        label = f"layer_{name}"
        rates[label] = base_lr * decay ** (depth - 1 - position)
        for leaf in blocks[name].parameters():
            labels[id(leaf)] = label
    if model.bert.pooler is not None:
        for leaf in model.bert.pooler.parameters():
            labels[id(leaf)] = "pooler"
    groups: dict[tuple[str, bool], dict[str, Any]] = {}
    for leaf in _trainable(model).values():
        key = (labels[id(leaf)], leaf.ndim >= 2)
        if key not in groups:
            groups[key] = {
                "name": key[0],
                "params": [],
                "lr": rates[key[0]],
                "weight_decay": weight_decay if key[1] else 0.0,
            }
        groups[key]["params"].append(leaf)
    return list(groups.values())
