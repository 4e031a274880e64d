"""inject_lora goes over the parents from the deepest to the root, and looks at each one's direct children."""

from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    endings = tuple("." + target for target in targets)
    jobs = []
    for path, parent in reversed(list(model.named_modules())):
        for child, layer in parent._modules.items():
            name = f"{path}.{child}" if path else child
            if isinstance(layer, nn.Linear) and f".{name}".endswith(endings):
                jobs.append((name, parent, child, layer))
    if not jobs:
        raise ValueError(f"none of {targets} is a linear layer of this model")
    for parameter in model.parameters():
        parameter.requires_grad = False
    for _, parent, child, layer in jobs:
        setattr(parent, child, LoRALinear(layer, r, alpha, dropout=dropout))  # noqa: F821
    for name, module in model.named_modules():
        for head in trainable:
            if name == head or name.endswith(f".{head}"):
                module.requires_grad_(True)
    names = [f".{name}" for name, _ in model.named_modules()]
    if lost := [head for head in trainable if not any(name.endswith(f".{head}") for name in names)]:
        raise ValueError(f"nothing to train is called {lost}")
    return [name for name, *_ in jobs]
