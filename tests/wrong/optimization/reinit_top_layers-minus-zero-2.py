# cause: Layer[-n:] with n = 0 is every layer, so all of them forget
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError(f"the model has {len(layers)} layers")
    if std is None:
        std = model.config.initializer_range
    for layer in layers[-n:]:
        for m in layer.modules():
            if isinstance(m, nn.Linear):
                m.weight.normal_(mean=0.0, std=std)
                if m.bias is not None:
                    m.bias.zero_()
            elif isinstance(m, nn.LayerNorm):
                m.weight.fill_(1.0)
                m.bias.zero_()
    return model
