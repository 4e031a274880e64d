# cause: The whole model is frozen after the layers were replaced, so the new factors are frozen too.
# function: inject_lora
from torch import nn


def _match(name, patterns):
    return any(name == p or name.endswith("." + p) for p in patterns)


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    hits = [n for n, m in model.named_modules() if isinstance(m, nn.Linear) and _match(n, targets)]
    if not hits:
        raise ValueError("no match")
    for n in hits:
        parent, _, leaf = n.rpartition(".")
        holder = model.get_submodule(parent)
        setattr(holder, leaf, LoRALinear(getattr(holder, leaf), r, alpha, dropout))
    for p in model.parameters():
        p.requires_grad = False
    for n, m in model.named_modules():
        if _match(n, trainable):
            m.requires_grad_(True)
    return hits
