# cause: The modules named in trainable are not switched on again, so the head stays frozen.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        ok = any(name == t or name.endswith("." + t) for t in targets)
        if ok and isinstance(module, nn.Linear):
            names.append(name)
            if "." in name:
                parent_name, attr = name.rsplit(".", 1)
                parent = model.get_submodule(parent_name)
            else:
                parent, attr = model, name
            setattr(parent, attr, LoRALinear(module, r, alpha, dropout))
    if not names:
        raise ValueError("no such layer")
    for name, module in model.named_modules():
        if name in trainable:
            module.requires_grad = True
    return names
