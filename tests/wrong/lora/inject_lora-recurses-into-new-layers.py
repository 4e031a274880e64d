# cause: The walk goes on into each new layer, whose base has the target in its dotted name too, so it is wrapped again without end.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    model.requires_grad_(False)
    done = []

    def visit(module, prefix):
        for name, _ in list(module.named_children()):
            full = prefix + name
            child = getattr(module, name)
            if isinstance(child, nn.Linear) and any(t in full for t in targets):
                setattr(module, name, LoRALinear(child, r, alpha, dropout))
                done.append(full)
            visit(getattr(module, name), full + ".")

    visit(model, "")
    if not done:
        raise ValueError("nothing to adapt")
    for name, module in model.named_modules():
        if any(("." + name).endswith("." + t) for t in trainable):
            module.requires_grad_(True)
    return done
