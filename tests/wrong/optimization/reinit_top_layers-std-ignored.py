# cause: The argument std is ignored; the model's initializer_range is always used.
# function: reinit_top_layers
import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model, n, std=None):
    n_layers = model.config.num_hidden_layers
    if n > n_layers or n < 0:
        raise ValueError(f"{n} of {n_layers} layers")
    for k in range(n):
        for module in model.bert.encoder.layer[-(k + 1)].modules():
            if isinstance(module, nn.Linear):
                module.weight.normal_(mean=0.0, std=model.config.initializer_range)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, nn.LayerNorm):
                module.weight.fill_(1.0)
                module.bias.zero_()
    return model
