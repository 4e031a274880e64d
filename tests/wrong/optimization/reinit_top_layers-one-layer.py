# cause: Takes n as the number of one layer counted from the top, so only that layer starts anew and not the n layers.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError("not so many layers")
    if n == 0:
        return model
    if std is None:
        std = model.config.initializer_range
    for module in layers[-n].modules():
        if isinstance(module, nn.Linear):
            module.weight.copy_(torch.randn_like(module.weight) * std)
            if module.bias is not None:
                module.bias.zero_()
        elif isinstance(module, nn.LayerNorm):
            module.weight.fill_(1)
            module.bias.fill_(0)
    return model
