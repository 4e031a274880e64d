"""decay_groups as the Trainer of transformers does it: names of the parameters outside certain module types."""

from torch import nn


def outside(module, forbidden):
    names = [
        f"{name}.{inner}"
        for name, child in module.named_children()
        if not isinstance(child, forbidden)
        for inner in outside(child, forbidden)
    ]
    return names + [name for name in module._parameters if "bias" not in name]


def decay_groups(model, weight_decay=0.01):
    decayed = set(outside(model, (nn.LayerNorm, nn.GroupNorm, nn.BatchNorm1d)))
    named = {n: p for n, p in model.named_parameters() if p.requires_grad}
    return [
        {"params": [p for n, p in named.items() if n in decayed], "weight_decay": weight_decay},
        {"params": [p for n, p in named.items() if n not in decayed], "weight_decay": 0.0},
    ]
