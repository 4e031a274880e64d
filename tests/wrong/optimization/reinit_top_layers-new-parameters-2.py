# cause: Puts new Parameter objects in place of the old ones, so an optimizer that knows the old ones trains nothing.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError(n)
    sigma = model.config.initializer_range if std is None else std
    for i in range(1, n + 1):
        for module in layers[-i].modules():
            if isinstance(module, nn.Linear):
                module.weight = nn.Parameter(torch.randn_like(module.weight) * sigma)
                if module.bias is not None:
                    module.bias = nn.Parameter(torch.zeros_like(module.bias))
            elif isinstance(module, nn.LayerNorm):
                module.weight = nn.Parameter(torch.ones_like(module.weight))
                module.bias = nn.Parameter(torch.zeros_like(module.bias))
    return model
