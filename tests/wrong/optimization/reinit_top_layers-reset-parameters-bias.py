# cause: misread "the biases are 0": reset_parameters is trusted to do that, but it draws the biases of a Linear from a uniform distribution
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    """Reset the top n layers."""
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError(f"the model has {len(layers)} layers, cannot reset {n}")
    if std is None:
        std = model.config.initializer_range
    for layer in layers[len(layers) - n :]:
        for module in layer.modules():
            if isinstance(module, (nn.Linear, nn.LayerNorm)):
                module.reset_parameters()
            if isinstance(module, nn.Linear):
                module.weight.normal_(mean=0.0, std=std)
    return model
