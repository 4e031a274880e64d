# cause: Calls reset_parameters, which draws from the uniform distribution of torch (biases too) and ignores std.
# function: reinit_top_layers

import torch
from torch import nn


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    n_layers = model.config.num_hidden_layers
    if not (0 <= n <= n_layers):
        raise ValueError(f"n = {n}, but there are {n_layers} layers")
    for k in range(n):
        for module in model.bert.encoder.layer[n_layers - 1 - k].modules():
            if hasattr(module, "reset_parameters"):
                module.reset_parameters()
    return model
