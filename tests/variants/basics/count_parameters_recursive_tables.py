"""count_parameters: descends through the modules by recursion and collects the parameters in a table by identity."""

from collections import Counter

from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    table: dict[int, nn.Parameter] = {}
    visited: set[int] = set()

    def descend(module: nn.Module) -> None:
        if id(module) in visited:
            return
        visited.add(id(module))
        table.update((id(p), p) for p in module._parameters.values() if p is not None)
        for child in module.children():
            descend(child)

    descend(model)
    sums = Counter(total=0, trainable=0, bytes=0)
    for parameter in table.values():
        numbers = parameter.nelement()
        sums.update(
            total=numbers, trainable=numbers * parameter.requires_grad, bytes=numbers * parameter.element_size()
        )
    return dict(sums)
