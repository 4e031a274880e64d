# cause: Does not check n: with more than L it takes all layers in silence, and a negative n does nothing.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    if std is None:
        std = model.config.initializer_range
    for i, layer in enumerate(reversed(model.bert.encoder.layer)):
        if i >= n:
            break
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight.normal_(std=std)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, nn.LayerNorm):
                module.weight.fill_(1.0)
                module.bias.zero_()
    return model
