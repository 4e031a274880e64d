# cause: Takes the first n layers of the list for the top ones, but these are next to the embeddings.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    encoder_layers = model.bert.encoder.layer
    if n < 0 or n > len(encoder_layers):
        raise ValueError("the model has not that many layers")
    if std is None:
        std = model.config.initializer_range

    def init(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            module.weight.data.normal_(mean=0.0, std=std)
            if module.bias is not None:
                module.bias.data.zero_()
        elif isinstance(module, nn.LayerNorm):
            module.bias.data.zero_()
            module.weight.data.fill_(1.0)

    for layer in encoder_layers[:n]:
        layer.apply(init)
    return model
