# cause: Only the last part of each replaced layer's name is returned instead of the dotted name.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    todo = []
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear) and any(("." + name).endswith("." + t) for t in targets):
            todo.append(name)
    if not todo:
        raise ValueError(f"{targets} not found")
    model.requires_grad_(False)
    short = []
    for name in todo:
        parent, _, leaf = name.rpartition(".")
        holder = model.get_submodule(parent)
        setattr(holder, leaf, LoRALinear(getattr(holder, leaf), r, alpha, dropout))
        short.append(leaf)
    for name, module in model.named_modules():
        if any(("." + name).endswith("." + t) for t in trainable):
            module.requires_grad_(True)
    return short
