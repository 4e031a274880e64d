# cause: weights and biases are replaced by new Parameter objects, which an optimizer that was built before does not know
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError(f"n must be between 0 and {len(layers)}")
    if std is None:
        std = model.config.initializer_range
    for layer in layers[len(layers) - n :]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight = nn.Parameter(torch.randn_like(module.weight) * std)
                if module.bias is not None:
                    module.bias = nn.Parameter(torch.zeros_like(module.bias))
            elif isinstance(module, nn.LayerNorm):
                module.weight = nn.Parameter(torch.ones_like(module.weight))
                module.bias = nn.Parameter(torch.zeros_like(module.bias))
    return model
