# cause: Nothing is raised if no layer matches; an empty list is returned.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        parts = name.split(".")
        for t in targets:
            tp = t.split(".")
            if isinstance(module, nn.Linear) and parts[-len(tp) :] == tp:
                names.append(name)
                break
    for name in names:
        *parents, leaf = name.split(".")
        parent = model.get_submodule(".".join(parents))
        setattr(parent, leaf, LoRALinear(getattr(parent, leaf), r, alpha, dropout))
    for name, module in model.named_modules():
        for t in trainable:
            if name == t or name.endswith("." + t):
                module.requires_grad_(True)
    return names
