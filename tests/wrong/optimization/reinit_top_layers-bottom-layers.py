# cause: The n lowest layers are re-initialised instead of the n topmost.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    if not 0 <= n <= len(model.bert.encoder.layer):
        raise ValueError(f"cannot restart {n} layers")
    if std is None:
        std = model.config.initializer_range
    for layer in model.bert.encoder.layer[:n]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, mean=0.0, std=std)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            if isinstance(module, nn.LayerNorm):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
    return model
