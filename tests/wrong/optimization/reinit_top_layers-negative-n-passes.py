# cause: checks only for too many layers, so a negative n silently changes nothing instead of raising a ValueError
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    total = len(layers)
    if n > total:
        raise ValueError(f"the model has only {total} layers, not {n}")
    if std is None:
        std = model.config.initializer_range
    for index in range(total - n, total):
        for module in layers[index].modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, mean=0.0, std=std)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.LayerNorm):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
    return model
