# cause: The names in trainable are looked for anywhere in a parameter's name, so similarly named modules are trained too.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and any(name == t or name.endswith("." + t) for t in targets):
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, LoRALinear(module, r, alpha, dropout))
            names.append(name)
    if not names:
        raise ValueError("no linear layer has such a name")
    for name, p in model.named_parameters():
        if any(t in name for t in trainable):
            p.requires_grad = True
    return names
