# cause: The weights come from a generator seeded with 0 "for reproducibility", so every call draws the same numbers.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if not 0 <= n <= len(layers):
        raise ValueError(f"n must be from 0 to {len(layers)}, not {n}")
    if std is None:
        std = model.config.initializer_range
    generator = torch.Generator().manual_seed(0)
    for layer in layers[len(layers) - n :]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight.normal_(0.0, std, generator=generator)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, nn.LayerNorm):
                module.weight.fill_(1.0)
                module.bias.zero_()
    return model
