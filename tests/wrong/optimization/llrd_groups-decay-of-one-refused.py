# cause: a guard refuses decay=1, although the docstring says at most 1
# function: llrd_groups
from dataclasses import dataclass
from typing import Any

from torch import nn


def _require(condition: bool, message: str) -> None:
    """Fail early and loudly."""
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True)
class _GroupKey:
    """Parameters that share these two numbers share a group."""

    lr: float
    weight_decay: float


@dataclass(frozen=True)
class _LayerRates:
    """The learning rate of each part of a BERT-like model."""

    base_lr: float
    decay: float
    head_lr: float
    depth: int

    def of(self, name: str) -> float:
        """The rate of the parameter with this qualified name."""
        path = name.split(".")
        if path[0] != "bert":
            return self.head_lr
        if path[1] == "embeddings":
            return self.base_lr * self.decay**self.depth
        if path[1] == "encoder":
            assert path[2] == "layer", name
            return self.base_lr * self.decay ** (self.depth - 1 - int(path[3]))
        return self.base_lr


def llrd_groups(
    model: nn.Module,
    base_lr: float,
    decay: float,
    head_lr: float,
    weight_decay: float = 0.01,
) -> list[dict[str, Any]]:
    """Groups by rate."""
    _require(base_lr >= 0.0 and head_lr >= 0.0, "learning rates must not be negative")
    _require(0.0 < decay < 1.0, f"a decay lies between 0 and 1, not {decay}")
    rates = _LayerRates(base_lr, decay, head_lr, depth=len(model.bert.encoder.layer))
    groups: dict[_GroupKey, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        key = _GroupKey(rates.of(name), weight_decay if parameter.ndim >= 2 else 0.0)
        groups.setdefault(key, []).append(parameter)
    return [{"params": members, "lr": key.lr, "weight_decay": key.weight_decay} for key, members in groups.items()]
