# cause: The LayerNorms are not reset.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    layers = list(model.bert.encoder.layer)
    if n < 0 or n > len(layers):
        raise ValueError
    if std is None:
        std = model.config.initializer_range

    def init(m):
        if isinstance(m, nn.Linear):
            m.weight.normal_(0, std)
            if m.bias is not None:
                m.bias.zero_()

    for layer in layers[len(layers) - n :]:
        layer.apply(init)
    return model
