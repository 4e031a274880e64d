"""reinit_top_layers also restarts the pooler, as Zhang et al. do, writes through .data, and returns nothing."""

from torch import nn


def reinit_top_layers(model, n, std=None):
    if not 0 <= n <= len(model.bert.encoder.layer):
        raise ValueError(f"n = {n}")
    if n == 0:
        return
    std = model.config.initializer_range if std is None else std
    for part in [*list(model.bert.encoder.layer)[-n:], model.bert.pooler]:
        for name, parameter in part.named_parameters():
            if name.endswith("bias"):
                parameter.data = parameter.data * 0
            elif "LayerNorm" in name:
                parameter.data = parameter.data * 0 + 1
            else:
                parameter.data = nn.init.normal_(parameter.data.clone(), std=std)
