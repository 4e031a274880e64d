"""inject_lora takes the names of the layers from those of the parameters: whatever owns a weight and is a Linear."""

from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    owners = [name.rpartition(".")[0] for name, _ in model.named_parameters(remove_duplicate=False)]
    found = {}
    for owner in owners:
        layer = model.get_submodule(owner)
        for target in targets:
            if isinstance(layer, nn.Linear) and (owner == target or owner[-len(target) - 1 :] == "." + target):
                found[owner] = layer
    if not found:
        raise ValueError("there is nothing to adapt")
    awake = [m for n, m in model.named_modules() for t in trainable if n == t or n[-len(t) - 1 :] == "." + t]
    for t in trainable:
        if not [n for n, _ in model.named_modules() if n == t or n[-len(t) - 1 :] == "." + t]:
            raise ValueError(t)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for name, layer in found.items():
        parent = model.get_submodule(".".join(name.split(".")[:-1]))
        parent.register_module(name.split(".")[-1], LoRALinear(layer, r, alpha, dropout))  # noqa: F821
    for module in awake:
        for parameter in module.parameters():
            parameter.requires_grad_(True)
    return [*found]
