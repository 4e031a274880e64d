# cause: A layer is adapted if a target occurs anywhere in its name, so "query_norm" and "subquery" are adapted too.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for p in model.parameters():
        p.requires_grad = False
    names = [n for n, m in model.named_modules() if isinstance(m, nn.Linear) and any(t in n for t in targets)]
    if not names:
        raise ValueError("nothing found")
    for name in names:
        parent_name, _, child = name.rpartition(".")
        parent = model.get_submodule(parent_name)
        setattr(parent, child, LoRALinear(getattr(parent, child), r, alpha, dropout))
    for n, m in model.named_modules():
        if any(n == t or n.endswith("." + t) for t in trainable):
            m.requires_grad_(True)
    return names
