# cause: New Parameter objects replace the old ones, so an optimizer that knows those goes on with dead tensors.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    layers = model.bert.encoder.layer
    L = len(layers)
    if n < 0 or n > L:
        raise ValueError("n")
    std = model.config.initializer_range if std is None else std
    for layer in layers[L - n : L]:
        for m in layer.modules():
            if isinstance(m, nn.Linear):
                m.weight = nn.Parameter(torch.randn_like(m.weight) * std)
                if m.bias is not None:
                    m.bias = nn.Parameter(torch.zeros_like(m.bias))
            elif isinstance(m, nn.LayerNorm):
                m.weight = nn.Parameter(torch.ones_like(m.weight))
                m.bias = nn.Parameter(torch.zeros_like(m.bias))
    return model
