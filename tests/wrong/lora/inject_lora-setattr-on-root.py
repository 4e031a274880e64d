# cause: The new layer is set on the model itself instead of on the module that holds the old one, so nested layers are not replaced.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for p in model.parameters():
        p.requires_grad = False
    replaced = []
    for name, layer in list(model.named_modules()):
        if isinstance(layer, nn.Linear) and any(name == t or name.endswith("." + t) for t in targets):
            short = name.split(".")[-1]
            setattr(model, short, LoRALinear(layer, r, alpha, dropout))
            replaced.append(name)
    if not replaced:
        raise ValueError
    for name, module in model.named_modules():
        if any(name == t or name.endswith("." + t) for t in trainable):
            for p in module.parameters():
                p.requires_grad = True
    return replaced
