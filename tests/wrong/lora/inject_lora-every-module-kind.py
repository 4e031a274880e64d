# cause: Modules of other kinds that bear a target's name are wrapped too, since the type is not checked.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for p in model.parameters():
        p.requires_grad = False
    hits = []
    for name, module in list(model.named_modules()):
        if any(name == t or name.endswith("." + t) for t in targets):
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, LoRALinear(module, r, alpha, dropout))
            hits.append(name)
    if not hits:
        raise ValueError("no hits")
    for name, module in model.named_modules():
        if any(name == t or name.endswith("." + t) for t in trainable):
            module.requires_grad_(True)
    return hits
