# cause: Passes std to nn.init.normal_ by position, where the mean stands, so the weights have mean std and deviation 1.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    total = len(model.bert.encoder.layer)
    if n < 0 or total < n:
        raise ValueError(f"cannot re-initialise {n} of {total} layers")
    scale = model.config.initializer_range if std is None else std
    for index in range(total - n, total):
        for module in model.bert.encoder.layer[index].modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, scale)
                if module.bias is not None:
                    nn.init.constant_(module.bias, 0)
            elif isinstance(module, nn.LayerNorm):
                nn.init.constant_(module.weight, 1)
                nn.init.constant_(module.bias, 0)
    return model
