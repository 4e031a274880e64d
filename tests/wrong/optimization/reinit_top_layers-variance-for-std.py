# cause: The weights are scaled with std squared, as if the variance were asked for.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError(n)
    std = model.config.initializer_range if std is None else std
    for layer in layers[len(layers) - n :]:
        for m in layer.modules():
            if isinstance(m, nn.Linear):
                m.weight.copy_(torch.randn(m.weight.shape) * std**2)
                if m.bias is not None:
                    m.bias.zero_()
            elif isinstance(m, nn.LayerNorm):
                m.weight.fill_(1.0)
                m.bias.zero_()
    return model
