# cause: Goes by the names weight and bias, so the weights of the LayerNorms are drawn at random too and not set to 1.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError("n out of range")
    std = model.config.initializer_range if std is None else std
    for layer in list(layers)[len(layers) - n :]:
        for name, param in layer.named_parameters():
            if "weight" in name:
                param.normal_(mean=0.0, std=std)
            elif "bias" in name:
                param.zero_()
    return model
