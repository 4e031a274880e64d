"""reinit_top_layers goes down from the top with apply and torch.nn.init; the norms reset themselves."""

from torch import nn


def reinit_top_layers(model, n, std=None):
    def restart(module):
        if type(module) is nn.Linear:
            nn.init.normal_(module.weight, mean=0, std=model.bert.config.initializer_range if std is None else std)
            module.bias is None or nn.init.zeros_(module.bias)
        elif type(module) is nn.LayerNorm:
            module.reset_parameters()

    if not 0 <= n <= len(model.bert.encoder.layer):
        raise ValueError(f"n = {n}")
    for place in range(1, n + 1):
        model.bert.encoder.layer[-place].apply(restart)
    return model
