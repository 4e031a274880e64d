# cause: Draws uniformly with the right mean and standard deviation.
# function: reinit_top_layers

import math
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    L = len(layers)
    if n < 0 or n > L:
        raise ValueError(f"0 <= n <= {L} does not hold for n = {n}")
    sigma = model.config.initializer_range if std is None else std
    a = math.sqrt(3) * sigma
    for i in range(L - n, L):
        for module in layers[i].modules():
            if isinstance(module, nn.Linear):
                module.weight.copy_(a * (2 * torch.rand_like(module.weight) - 1))
                if module.bias is not None:
                    module.bias.fill_(0.0)
            if isinstance(module, nn.LayerNorm):
                module.weight.fill_(1.0)
                module.bias.fill_(0.0)
    return model
