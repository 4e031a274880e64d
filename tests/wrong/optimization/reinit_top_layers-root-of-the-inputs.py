# cause: the standard deviation is 1 / sqrt(inputs), as many a paper has it
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    layers = model.bert.encoder.layer
    if not 0 <= n <= len(layers):
        raise ValueError(n)
    if std is None:
        std = model.config.initializer_range
    for layer in layers[len(layers) - n :]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight.normal_(0.0, module.in_features**-0.5)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, nn.LayerNorm):
                module.weight.fill_(1.0)
                module.bias.zero_()
    return model
