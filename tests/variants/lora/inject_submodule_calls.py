"""inject_lora with get_submodule and set_submodule; the names come back in reverse alphabetical order."""

from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    names = {
        name
        for name, module in model.named_modules()
        for target in targets
        if isinstance(module, nn.Linear) and ("." + name).endswith("." + target)
    }
    if len(names) == 0:
        raise ValueError("no layer fits")
    heads = [
        module for name, module in model.named_modules() if ("." + name).endswith(tuple("." + t for t in trainable))
    ]
    fitting = {t for t in trainable for name, _ in model.named_modules() if ("." + name).endswith("." + t)}
    if len(fitting) < len(trainable):
        raise ValueError("no head fits")
    model.requires_grad_(False)
    for name in names:
        layer = model.get_submodule(name)
        model.set_submodule(name, LoRALinear(layer, r=r, alpha=alpha, dropout=dropout).train(layer.training))  # noqa: F821
    for head in heads:
        head.requires_grad_()
    return sorted(names, reverse=True)
