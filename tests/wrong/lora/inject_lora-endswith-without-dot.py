# cause: endswith is used without the dot, so a layer called "subquery" matches the target "query".
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    model.requires_grad_(False)
    found = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.endswith(tuple(targets)):
            parent = model
            *path, last = name.split(".")
            for part in path:
                parent = getattr(parent, part)
            setattr(parent, last, LoRALinear(module, r=r, alpha=alpha, dropout=dropout))
            found.append(name)
    if len(found) == 0:
        raise ValueError(f"no linear layer is called {targets}")
    for name, module in model.named_modules():
        if any(("." + name).endswith("." + t) for t in trainable):
            module.requires_grad_(True)
    return found
