# cause: Only the last part of a layer's name is compared, so targets with dots match nothing.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for p in model.parameters():
        p.requires_grad_(False)
    replaced = []
    for parent_name, parent in list(model.named_modules()):
        for child_name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and child_name in targets:
                setattr(parent, child_name, LoRALinear(child, r, alpha, dropout))
                replaced.append(f"{parent_name}.{child_name}" if parent_name else child_name)
    if not replaced:
        raise ValueError("no layer matches the targets")
    for name, module in model.named_modules():
        for t in trainable:
            if name == t or name.endswith("." + t):
                for p in module.parameters():
                    p.requires_grad = True
    return replaced
