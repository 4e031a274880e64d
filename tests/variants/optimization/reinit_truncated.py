"""reinit_top_layers as in Google's BERT: no weight lies farther from 0 than two standard deviations."""

from torch import nn


def reinit_top_layers(model, n, std=None):
    layers = list(model.bert.encoder.layer)
    if n < 0 or n > len(layers):
        raise ValueError("there are not that many layers")
    std = model.config.initializer_range if std is None else std
    for module in (module for layer in layers[len(layers) - n :] for module in layer.modules()):
        if isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=std, a=-2 * std, b=2 * std)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.LayerNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
    return model
