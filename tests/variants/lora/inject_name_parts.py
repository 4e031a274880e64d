"""inject_lora compares lists of name parts from the end, and freezes last what is neither factor nor head."""

from functools import reduce

from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    def ends_with(name, target):
        tail = target.split(".")
        return name.split(".")[-len(tail) :] == tail

    kept_awake, replaced = set(), []
    for name, module in tuple(model.named_modules()):
        if any(ends_with(name, target) for target in trainable):
            kept_awake |= set(map(id, module.parameters()))
        if isinstance(module, nn.Linear) and any(ends_with(name, target) for target in targets):
            *path, last = name.split(".")
            wrapper = LoRALinear(module, r, alpha, dropout)  # noqa: F821
            kept_awake |= {id(parameter) for parameter in wrapper.parameters() if parameter.requires_grad}
            setattr(reduce(getattr, path, model), last, wrapper)
            replaced.append(name)
    for target in trainable:
        assert any(ends_with(name, target) for name, _ in model.named_modules()), target
    if not replaced:
        raise ValueError("no such layer: " + ", ".join(targets))
    for parameter in model.parameters():
        parameter.requires_grad = id(parameter) in kept_awake
    return replaced
