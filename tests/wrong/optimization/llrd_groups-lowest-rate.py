# cause: No rate is allowed below 1e-7.
# function: llrd_groups
import re
from typing import Any
from torch import nn


_LAYER_PATTERN = re.compile(r"^bert\.encoder\.layer\.(\d+)\.")
_MIN_LR = 1e-7


def _learning_rate_for(name: str, num_layers: int, base_lr: float, decay: float, head_lr: float) -> float:
    if not name.startswith("bert."):
        return head_lr
    match = _LAYER_PATTERN.match(name)
    if match:
        return base_lr * decay ** (num_layers - 1 - int(match.group(1)))
    if name.startswith("bert.embeddings."):
        return base_lr * decay**num_layers
    return base_lr


def llrd_groups(
    model: nn.Module,
    base_lr: float,
    decay: float,
    head_lr: float,
    weight_decay: float = 0.01,
) -> list[dict[str, Any]]:
    num_layers = len(model.bert.encoder.layer)
    groups: dict[tuple[float, float], dict[str, Any]] = {}

    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        # Guard against vanishing learning rates in deep models.
        lr = max(_learning_rate_for(name, num_layers, base_lr, decay, head_lr), _MIN_LR)
        wd = weight_decay if parameter.ndim >= 2 else 0.0
        group = groups.setdefault((lr, wd), {"params": [], "lr": lr, "weight_decay": wd})
        group["params"].append(parameter)

    return sorted(groups.values(), key=lambda group: (group["lr"], group["weight_decay"]))
