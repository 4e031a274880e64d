# cause: Std or initializer_range, so that std = 0 is taken for None
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    layers = list(model.bert.encoder.layer)
    if not 0 <= n <= len(layers):
        raise ValueError(n)
    std = std or model.config.initializer_range
    for layer in layers[len(layers) - n :]:
        for module in layer.modules():
            match module:
                case nn.Linear():
                    nn.init.normal_(module.weight, 0.0, std)
                    if module.bias is not None:
                        nn.init.zeros_(module.bias)
                case nn.LayerNorm():
                    nn.init.ones_(module.weight)
                    nn.init.zeros_(module.bias)
    return model
