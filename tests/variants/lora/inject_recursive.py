"""inject_lora walks down by named_children, replaces on the way with add_module, and leaves train/eval as it is."""

from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    def fits(name, wanted):
        return any(name == one or name.endswith("." + one) for one in wanted)

    def walk(module, prefix):
        found = []
        for child_name, child in list(module.named_children()):
            name = f"{prefix}{child_name}"
            if isinstance(child, nn.Linear) and fits(name, targets):
                module.add_module(child_name, LoRALinear(child, r, alpha, dropout))  # noqa: F821
                found.append(name)
            else:
                found += walk(child, name + ".")
            if fits(name, trainable):
                child.requires_grad_(True)
                seen.update(one for one in trainable if fits(name, [one]))
        return found

    for parameter in model.parameters():
        parameter.requires_grad_(False)
    seen = set()
    names = walk(model, "")
    if not names or seen < set(trainable):
        raise ValueError(f"nothing is called {list(targets)}")
    return names
