# cause: Draws only the weights of the linear layers anew and leaves their biases; and: leaves the LayerNorms as they were.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError("n")
    std = model.config.initializer_range if std is None else std
    for layer in layers[len(layers) - n :]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight.normal_(0, std)
    return model
