# cause: Writes "std or initializer_range", so a std of 0 counts as not given.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = list(model.bert.encoder.layer)
    if not 0 <= n <= len(layers):
        raise ValueError("n")
    std = std or model.config.initializer_range
    for layer in layers[len(layers) - n :]:
        for m in layer.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0.0, std=std)
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
            if isinstance(m, nn.LayerNorm):
                nn.init.ones_(m.weight)
                nn.init.zeros_(m.bias)
    return model
