# cause: A missing layer is reported by an assertion instead of a ValueError.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for p in model.parameters():
        p.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and any(name == t or name.endswith("." + t) for t in targets):
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, LoRALinear(module, r, alpha, dropout))
            names.append(name)
    assert names, "no linear layer has such a name"
    for name, module in model.named_modules():
        if any(name == t or name.endswith("." + t) for t in trainable):
            module.requires_grad_(True)
    return names
