# cause: Refuses n = L as well (>= in place of >), though re-initialising all layers is allowed.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if n < 0 or n >= len(layers):
        raise ValueError(f"n must be in [0, {len(layers)})")
    std = std if std is not None else model.config.initializer_range
    for m in (m for layer in layers[len(layers) - n :] for m in layer.modules()):
        if isinstance(m, nn.Linear):
            m.weight.normal_(0.0, std)
            m.bias is not None and m.bias.zero_()
        elif isinstance(m, nn.LayerNorm):
            m.reset_parameters()
    return model
