# cause: Counts with the 12 layers of BERT-base and not with the layers of the model at hand.
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
    groups = []
    for name, param in model.named_parameters():
        if not param.requires_grad:
            continue
        match = re.match(r"bert\.encoder\.layer\.(\d+)\.", name)
        if match:
            lr = base_lr * decay ** (11 - int(match.group(1)))
        elif name.startswith("bert.embeddings"):
            lr = base_lr * decay**12
        elif name.startswith("bert.pooler"):
            lr = base_lr
        else:
            lr = head_lr
        groups.append({"params": [param], "lr": lr, "weight_decay": weight_decay if param.ndim > 1 else 0.0})
    return groups
