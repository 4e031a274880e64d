# cause: Calls setattr on the model with the dotted name, which adds a new module there and leaves the nested layer as it was.
# function: inject_lora

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        w = base.weight
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=w.dtype, device=w.device) * 0.02)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=w.dtype, device=w.device))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x):
        y = self.base(x)
        if self.saved is None:
            y = y + self.scale * (self.dropout(x) @ self.A.T @ self.B.T)
        return y

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.saved is None:
            self.saved = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.saved is not None:
            self.base.weight.copy_(self.saved)
            self.saved = None


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    modules = dict(model.named_modules())

    def find(wanted):
        return [n for n in modules if n == wanted or n.endswith("." + wanted)]

    names = []
    for target in targets:
        names += [n for n in find(target) if isinstance(modules[n], nn.Linear) and n not in names]
    if not names:
        raise ValueError("no targets in this model")
    heads = []
    for head in trainable:
        if not find(head):
            raise ValueError(f"{head} is not in this model")
        heads += find(head)
    for p in model.parameters():
        p.requires_grad = False
    for n in names:
        setattr(model, n, LoRALinear(modules[n], r, alpha, dropout))
    for n in heads:
        for p in modules[n].parameters():
            p.requires_grad = True
    return names
