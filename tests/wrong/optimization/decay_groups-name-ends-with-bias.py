# cause: Biases are recognised by names that end with bias and scales by nn.LayerNorm, so the biases of an LSTM and the scales of other norms decay.
# function: decay_groups

from torch import nn


def decay_groups(model, weight_decay=0.01):
    norm = set()
    for module in model.modules():
        if isinstance(module, nn.LayerNorm):
            norm.update(id(p) for p in module.parameters())
    decay, no_decay = [], []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        if name.endswith("bias") or id(p) in norm:
            no_decay.append(p)
        else:
            decay.append(p)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
