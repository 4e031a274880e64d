# cause: uses BERT's well-known 0.02 where std is None, instead of the model's own config.initializer_range
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if not 0 <= n <= len(layers):
        raise ValueError(f"n must be from 0 to {len(layers)}, not {n}")
    std = 0.02 if std is None else std
    for layer in layers[len(layers) - n :]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight.normal_(mean=0.0, std=std)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, nn.LayerNorm):
                module.weight.fill_(1.0)
                module.bias.zero_()
    return model
