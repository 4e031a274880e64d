"""inject_lora compares names with regular expressions, and writes the new layers into the parent's _modules."""

import re

from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    def pattern(endings):
        return re.compile(r"(?:.+\.)?(?:" + "|".join(map(re.escape, endings)) + ")") if endings else re.compile(r"(?!)")

    wanted, awake = pattern(targets), pattern(trainable)
    model.requires_grad_(False)
    names = [name for name, m in model.named_modules() if wanted.fullmatch(name) and isinstance(m, nn.Linear)]
    if not names:
        raise ValueError(f"{targets} fits no layer")
    for name in names:
        *path, last = name.split(".")
        parent = model
        for part in path:
            parent = parent._modules[part]
        parent._modules[last] = LoRALinear(parent._modules[last], r, alpha, dropout)  # noqa: F821
    for ending in trainable:
        next(name for name, _ in model.named_modules() if pattern([ending]).fullmatch(name))
    for name, module in model.named_modules():
        if awake.fullmatch(name):
            for parameter in module.parameters():
                parameter.requires_grad = True
    return names
