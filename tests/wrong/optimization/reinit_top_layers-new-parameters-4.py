# cause: New Parameters take the place of the old ones, so an optimizer that knows the old ones no longer trains these layers.
# function: reinit_top_layers

import torch
from torch import nn


def reinit_top_layers(model, n, std=None):
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError(f"cannot restart {n} of {len(layers)} layers")
    if std is None:
        std = model.config.initializer_range
    for layer in layers[len(layers) - n :]:
        for m in layer.modules():
            if isinstance(m, nn.Linear):
                m.weight = nn.Parameter(torch.randn_like(m.weight) * std)
                if m.bias is not None:
                    m.bias = nn.Parameter(torch.zeros_like(m.bias))
            elif isinstance(m, nn.LayerNorm):
                m.weight = nn.Parameter(torch.ones_like(m.weight))
                m.bias = nn.Parameter(torch.zeros_like(m.bias))
    return model
