# cause: A negative n or one above the number of layers is accepted without a ValueError.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    std = std if std is not None else model.config.initializer_range
    layers = model.bert.encoder.layer
    start = max(len(layers) - n, 0)
    for layer in layers[start:]:
        for m in layer.modules():
            if isinstance(m, nn.Linear):
                m.weight.normal_(std=std)
                if m.bias is not None:
                    m.bias.zero_()
            elif isinstance(m, nn.LayerNorm):
                m.weight.fill_(1)
                m.bias.fill_(0)
    return model
