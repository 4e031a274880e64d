# cause: One matrix is drawn per shape and copied into every linear layer, so all restarted layers hold the same numbers.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = list(model.bert.encoder.layer)
    if not 0 <= n <= len(layers):
        raise ValueError("n")
    if std is None:
        std = model.config.initializer_range
    drawn = {}
    for layer in layers[len(layers) - n :]:
        for m in layer.modules():
            if isinstance(m, nn.Linear):
                if m.weight.shape not in drawn:
                    drawn[m.weight.shape] = torch.randn_like(m.weight) * std
                m.weight.copy_(drawn[m.weight.shape])
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
            if isinstance(m, nn.LayerNorm):
                m.reset_parameters()
    return model
