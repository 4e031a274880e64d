"""inject_lora lets model.apply visit every parent; the names are looked up by the identity of the layers."""

from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    def fits(name, endings):
        return any(("." + name).endswith("." + ending) for ending in endings)

    names = {id(module): name for name, module in model.named_modules()}
    heads = [module for module in model.modules() if fits(names[id(module)], trainable)]
    wanted = {i for i, name in names.items() if fits(name, targets)}
    replaced = []

    def visit(parent):
        for attribute, child in list(parent.named_children()):
            if id(child) in wanted and isinstance(child, nn.Linear) and not isinstance(parent, LoRALinear):  # noqa: F821
                setattr(parent, attribute, LoRALinear(child, r, alpha, dropout))  # noqa: F821
                replaced.append(names[id(child)])

    model.requires_grad_(False)
    model.apply(visit)
    if any(not any(fits(name, [wanted_name]) for name in names.values()) for wanted_name in trainable):
        raise ValueError(f"{trainable} is not in this model")
    if not replaced:
        raise ValueError(f"{targets} is not in this model")
    for head in heads:
        head.requires_grad_(True)
    return replaced
