# cause: The layer number is read with a pattern for a single digit, so layers 10 and 11 are taken for layer 1.
# function: llrd_groups

import re
from typing import Any

from torch import nn


def llrd_groups(
    model: nn.Module,
    base_lr: float,
    decay: float,
    head_lr: float,
    weight_decay: float = 0.01,
) -> list[dict[str, Any]]:
    L = len(model.bert.encoder.layer)
    groups = []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        layer = re.match(r"bert\.encoder\.layer\.(\d)", name)
        if layer:
            lr = base_lr * decay ** (L - 1 - int(layer.group(1)))
        elif name.startswith("bert.embeddings."):
            lr = base_lr * decay**L
        elif name.startswith("bert."):
            lr = base_lr
        else:
            lr = head_lr
        groups.append({"params": [p], "lr": lr, "weight_decay": weight_decay if p.ndim > 1 else 0.0})
    return groups
