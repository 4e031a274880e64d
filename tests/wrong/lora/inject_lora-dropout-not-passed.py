# cause: The dropout is not handed on to the new layers.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    model.requires_grad_(False)
    names = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and any(name == t or name.endswith("." + t) for t in targets)
    ]
    if not names:
        raise ValueError(f"no linear layer named {list(targets)}")
    for name in names:
        parent, _, leaf = name.rpartition(".")
        parent = model.get_submodule(parent)
        parent.add_module(leaf, LoRALinear(getattr(parent, leaf), r, alpha))
    for name, module in model.named_modules():
        if any(name == t or name.endswith("." + t) for t in trainable):
            module.requires_grad_(True)
    return names
