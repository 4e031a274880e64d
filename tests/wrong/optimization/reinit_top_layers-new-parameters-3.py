# cause: Replaces the Parameters by new objects, which the optimizer does not know
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    total = len(model.bert.encoder.layer)
    if not 0 <= n <= total:
        raise ValueError("n")
    sigma = model.config.initializer_range if std is None else std
    for layer in list(model.bert.encoder.layer)[total - n :]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight = nn.Parameter(torch.randn_like(module.weight) * sigma)
                if module.bias is not None:
                    module.bias = nn.Parameter(torch.zeros_like(module.bias))
            if isinstance(module, nn.LayerNorm):
                module.weight = nn.Parameter(torch.ones_like(module.weight))
                module.bias = nn.Parameter(torch.zeros_like(module.bias))
    return model
