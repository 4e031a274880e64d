# cause: The weight of a LayerNorm is set to 0 instead of 1.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    total = len(model.bert.encoder.layer)
    if n < 0 or n > total:
        raise ValueError("bad n")
    sigma = std if std is not None else model.config.initializer_range
    for i in range(total - n, total):
        for mod in model.bert.encoder.layer[i].modules():
            if isinstance(mod, nn.Linear):
                mod.weight.data.normal_(mean=0.0, std=sigma)
                if mod.bias is not None:
                    mod.bias.data.zero_()
            elif isinstance(mod, nn.LayerNorm):
                mod.bias.data.zero_()
                mod.weight.data.zero_()
    return model
