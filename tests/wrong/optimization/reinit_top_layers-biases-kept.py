# cause: The biases of the linear layers keep their pre-trained numbers.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    layers = model.bert.encoder.layer
    if n > len(layers) or n < 0:
        raise ValueError("n out of range")
    if std is None:
        std = model.config.initializer_range
    for layer in list(layers)[len(layers) - n :]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight.data.normal_(mean=0.0, std=std)
            elif isinstance(module, nn.LayerNorm):
                module.weight.data.fill_(1.0)
                module.bias.data.zero_()
    return model
