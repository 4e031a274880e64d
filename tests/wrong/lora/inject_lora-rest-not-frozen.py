# cause: Relies on LoRALinear to freeze its base and does not freeze the other parameters of the model.
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
    def ends(name, tail):
        a, b = name.split("."), tail.split(".")
        return a[-len(b) :] == b

    mods = dict(model.named_modules())
    for t in trainable:
        if not any(ends(n, t) for n in mods):
            raise ValueError(t)
    done = []
    for n, m in mods.items():
        if isinstance(m, nn.Linear) and any(ends(n, t) for t in targets):
            up, _, leaf = n.rpartition(".")
            setattr(mods[up], leaf, LoRALinear(m, r, alpha, dropout))
            done.append(n)
    if not done:
        raise ValueError("none of the targets is a linear layer")
    for n, m in mods.items():
        if any(ends(n, t) for t in trainable):
            for p in m.parameters():
                p.requires_grad = True
    return done
