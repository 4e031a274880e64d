# cause: Draws from a truncated normal distribution, which is right, but accepts a negative n
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    layers, std = (model.bert.encoder.layer, model.config.initializer_range if std is None else std)
    if n > len(layers):
        raise ValueError(f"n={n} > {len(layers)}")
    for layer in layers[len(layers) - n :]:
        for m in layer.modules():
            if isinstance(m, nn.LayerNorm):
                m.reset_parameters()
            elif isinstance(m, nn.Linear):
                if std:
                    nn.init.trunc_normal_(m.weight, 0.0, std, -2 * std, 2 * std)
                else:
                    m.weight.zero_()
                if m.bias is not None:
                    m.bias.zero_()
    return model
