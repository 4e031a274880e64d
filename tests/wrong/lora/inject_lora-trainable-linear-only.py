# cause: Only modules in trainable that are linear layers are switched on, so a head made of several layers stays frozen.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for p in model.parameters():
        p.requires_grad_(False)

    def hit(name, wanted):
        return any(name == w or name.endswith("." + w) for w in wanted)

    replaced = []
    for name, module in list(model.named_modules()):
        if not isinstance(module, nn.Linear):
            continue
        if hit(name, targets):
            path, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(path), leaf, LoRALinear(module, r, alpha, dropout))
            replaced.append(name)
        elif hit(name, trainable):
            module.weight.requires_grad = True
            if module.bias is not None:
                module.bias.requires_grad = True
    if not replaced:
        raise ValueError("nothing replaced")
    return replaced
