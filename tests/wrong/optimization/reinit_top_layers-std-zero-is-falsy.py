# cause: "std or initializer_range" takes a std of 0.0 for none given.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    enc = model.bert.encoder.layer
    if n < 0 or len(enc) < n:
        raise ValueError("too many layers")
    std = std or model.config.initializer_range
    for idx, layer in enumerate(enc):
        if idx < len(enc) - n:
            continue
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight.normal_(0.0, std)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, nn.LayerNorm):
                module.weight.fill_(1.0)
                module.bias.zero_()
    return model
