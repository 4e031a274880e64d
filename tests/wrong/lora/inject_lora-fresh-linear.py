# cause: A newly created linear layer is wrapped instead of the existing one, so the pre-trained weights are lost.
# function: inject_lora
from torch import nn


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for p in model.parameters():
        p.requires_grad = False
    names = []
    for name, m in list(model.named_modules()):
        if isinstance(m, nn.Linear) and any(name == t or name.endswith("." + t) for t in targets):
            parent_name, _, attr = name.rpartition(".")
            new = nn.Linear(m.in_features, m.out_features, bias=m.bias is not None)
            setattr(model.get_submodule(parent_name), attr, LoRALinear(new, r, alpha, dropout))
            names.append(name)
    if not names:
        raise ValueError("no target")
    for name, m in model.named_modules():
        if any(name == t or name.endswith("." + t) for t in trainable):
            m.requires_grad_(True)
    return names
