# cause: The model is returned instead of the names; and alpha and r are passed in each other's place.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for p in model.parameters():
        p.requires_grad = False
    count = 0
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and any(name == t or name.endswith("." + t) for t in targets):
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, LoRALinear(module, int(alpha), float(r), dropout))
            count += 1
    if count == 0:
        raise ValueError("no layers")
    for name, module in model.named_modules():
        if any(name == t or name.endswith("." + t) for t in trainable):
            module.requires_grad_(True)
    return model
