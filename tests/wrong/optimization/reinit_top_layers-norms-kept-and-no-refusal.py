# cause: The LayerNorms keep what they learned; and: a negative number, or more layers than there are, is accepted silently.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    if std is None:
        std = model.config.initializer_range
    encoder_layers = list(model.bert.encoder.layer)
    for layer in encoder_layers[::-1][: max(n, 0)]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                module.weight.normal_(mean=0.0, std=std)
                if module.bias is not None:
                    module.bias.zero_()
    return model
