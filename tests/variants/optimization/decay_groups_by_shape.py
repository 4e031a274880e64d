"""decay_groups: one group per number of dimensions, collected in a dictionary keyed by it."""

from collections import defaultdict
from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    shelves: defaultdict[int, list[nn.Parameter]] = defaultdict(list)
    for parameter in filter(lambda p: p.requires_grad, model.parameters()):
        shelves[len(parameter.shape)].append(parameter)
    return [
        dict(params=shelves[rank], weight_decay=(0.0, weight_decay)[rank > 1]) for rank in sorted(shelves, reverse=True)
    ]
