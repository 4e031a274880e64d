# cause: Caches the trainable parameters of a model, so what is frozen after the first call stays in the groups
# function: decay_groups
import functools
from typing import Any
from torch import nn


def _decays(p: nn.Parameter) -> bool:
    return p.ndim >= 2


@functools.cache
def _split(model: nn.Module) -> tuple[tuple[nn.Parameter, ...], tuple[nn.Parameter, ...]]:
    trainable = [p for p in model.parameters() if p.requires_grad]
    return (tuple(filter(_decays, trainable)), tuple((p for p in trainable if not _decays(p))))


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    return [
        {"params": list(params), "weight_decay": strength}
        for params, strength in zip(_split(model), (weight_decay, 0.0), strict=True)
    ]
