"""reinit_top_layers: google's cut normal distribution by drawing again what is beyond two deviations;
singledispatch; the pooler too.
"""

from functools import singledispatch

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = list(model.bert.encoder.layer)
    if not 0 <= n <= len(layers):
        raise ValueError(f"cannot restart {n} of {len(layers)} layers")
    width = model.config.initializer_range if std is None else std

    @singledispatch
    def restart(module: nn.Module) -> None:
        pass

    @restart.register
    def _(module: nn.Linear) -> None:
        fresh = torch.randn_like(module.weight)
        while (far := fresh.abs() > 2).any():
            fresh[far] = torch.randn_like(fresh[far])
        module.weight.copy_(width * fresh)
        if module.bias is not None:
            module.bias.zero_()

    @restart.register
    def _(module: nn.LayerNorm) -> None:
        for parameter, value in ((module.weight, 1.0), (module.bias, 0.0)):
            if parameter is not None:
                parameter.fill_(value)

    tops = layers[::-1][:n]
    if n > 0 and model.bert.pooler is not None:
        tops.append(model.bert.pooler)
    for top in tops:
        top.apply(restart)
    return model
