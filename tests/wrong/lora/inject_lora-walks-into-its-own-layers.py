# cause: The modules are walked lazily while they are replaced; with target "base" or a plain walk the wrapped layers are met again, and the dictionary changes during iteration.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    model.requires_grad_(False)
    done = []

    def visit(module, prefix):
        for name, child in module._modules.items():
            full = prefix + name
            if isinstance(child, nn.Linear) and any(("." + full).endswith("." + t) for t in targets):
                setattr(module, name, LoRALinear(child, r, alpha, dropout))
                module.add_module("adapted_" + name, module._modules[name])
                done.append(full)
            visit(child, full + ".")

    visit(model, "")
    if not done:
        raise ValueError("nothing to adapt")
    for name, module in model.named_modules():
        if any(("." + name).endswith("." + t) for t in trainable):
            module.requires_grad_(True)
    return done
