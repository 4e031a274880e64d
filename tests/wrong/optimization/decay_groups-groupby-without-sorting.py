# cause: dict over itertools.groupby without sorting: every later run of vectors or matrices overwrites the earlier one, so most parameters are in no group.
# function: decay_groups
from collections.abc import Iterable
from typing import Any
from torch import nn
from itertools import groupby


def _is_matrix(parameter: nn.Parameter) -> bool:
    return parameter.ndim >= 2


def _trainable(model: nn.Module) -> Iterable[nn.Parameter]:
    return (p for p in model.parameters() if p.requires_grad)


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    kinds = {matrices: list(members) for matrices, members in groupby(_trainable(model), key=_is_matrix)}
    rates = {True: weight_decay, False: 0.0}
    return [{"params": kinds.get(matrices, []), "weight_decay": rate} for matrices, rate in rates.items()]
