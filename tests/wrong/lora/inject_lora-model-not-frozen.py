# cause: The rest of the model is never frozen.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    out = []
    modules = dict(model.named_modules())
    for name, mod in modules.items():
        if not isinstance(mod, nn.Linear):
            continue
        if any(name == t or name.endswith(f".{t}") for t in targets):
            head, _, tail = name.rpartition(".")
            setattr(modules[head], tail, LoRALinear(mod, r, alpha, dropout))
            out.append(name)
    if not out:
        raise ValueError("targets not found")
    return out
