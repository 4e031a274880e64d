# cause: Both output projections of a layer are drawn with std / sqrt(2 L), as in GPT-2.
# function: reinit_top_layers
import math
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    n_layer = len(model.bert.encoder.layer)
    if not 0 <= n <= n_layer:
        raise ValueError(f"cannot re-initialise {n} of {n_layer} layers")
    if std is None:
        std = model.config.initializer_range

    def _init_weights(module):
        if isinstance(module, nn.Linear):
            torch.nn.init.normal_(module.weight, mean=0.0, std=std)
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
        elif isinstance(module, nn.LayerNorm):
            torch.nn.init.zeros_(module.bias)
            torch.nn.init.ones_(module.weight)

    for i in range(n_layer - n, n_layer):
        layer = model.bert.encoder.layer[i]
        layer.apply(_init_weights)
        # apply special scaled init to the residual projections, per GPT-2 paper
        for pn, p in layer.named_parameters():
            if pn.endswith("output.dense.weight"):
                torch.nn.init.normal_(p, mean=0.0, std=std / math.sqrt(2 * n_layer))
    return model
