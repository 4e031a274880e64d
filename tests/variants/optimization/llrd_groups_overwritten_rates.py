"""llrd_groups: gives every parameter the rate of the head first, then overwrites it from the top layer down;
sorts and groups.
"""

from itertools import accumulate, groupby, repeat
from operator import mul
from typing import Any

from torch import nn


def llrd_groups(
    model: nn.Module,
    base_lr: float,
    decay: float,
    head_lr: float,
    weight_decay: float = 0.01,
) -> list[dict[str, Any]]:
    floors = [*model.bert.encoder.layer, model.bert.embeddings]
    floors = floors[-2::-1] + floors[-1:]
    rates = dict.fromkeys(model.parameters(), head_lr)
    if model.bert.pooler is not None:
        rates |= dict.fromkeys(model.bert.pooler.parameters(), base_lr)
    for floor, rate in zip(floors, accumulate(repeat(decay, len(floors) - 1), mul, initial=base_lr), strict=False):
        rates |= dict.fromkeys(floor.parameters(), rate)

    def settings(parameter: nn.Parameter) -> tuple[float, float]:
        return rates[parameter], weight_decay if parameter.ndim > 1 else 0.0

    trainable = sorted((p for p in rates if p.requires_grad), key=settings)
    return [
        {"lr": lr, "weight_decay": wd, "params": list(members)} for (lr, wd), members in groupby(trainable, settings)
    ]
