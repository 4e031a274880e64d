# cause: The head is always the module called "classifier"; the argument trainable is ignored.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for param in model.parameters():
        param.requires_grad = False
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear):
            for target in targets:
                if name == target or name.endswith("." + target):
                    parent = model.get_submodule(".".join(name.split(".")[:-1]))
                    setattr(parent, name.split(".")[-1], LoRALinear(module, r, alpha, dropout))
                    names.append(name)
                    break
    if not names:
        raise ValueError(f"no linear layer matches {targets}")
    for name, param in model.named_parameters():
        if "classifier" in name:
            param.requires_grad = True
    return names
