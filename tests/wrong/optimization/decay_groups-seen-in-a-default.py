# cause: A mutable default remembers the parameters of earlier calls and leaves them out.
# function: decay_groups

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from torch import nn


def trainable(parameters: Iterable[nn.Parameter]) -> Iterator[nn.Parameter]:
    return (parameter for parameter in parameters if parameter.requires_grad)


def once(parameters: Iterable[nn.Parameter], seen: set[int] = set()) -> Iterator[nn.Parameter]:
    for parameter in parameters:
        if id(parameter) not in seen:
            seen.add(id(parameter))
            yield parameter


def decays(parameter: nn.Parameter) -> bool:
    return parameter.ndim >= 2


def partition(condition: Callable[[Any], bool], items: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    yes: list[Any] = []
    no: list[Any] = []
    for item in items:
        (yes if condition(item) else no).append(item)
    return (yes, no)


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    every = itertools.chain.from_iterable((module.parameters(recurse=False) for module in model.modules()))
    matrices, vectors = partition(decays, once(trainable(every)))
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]
