# cause: Raises an error as soon as one of the targets fits nothing, although one that fits is enough.
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
    selected = set()
    for target in targets:
        hits = {n for n, m in modules.items() if isinstance(m, nn.Linear) and ("." + n).endswith("." + target)}
        if not hits:
            raise ValueError(f"target {target!r} not found")
        selected |= hits
    heads = []
    for name in trainable:
        hits = [m for n, m in modules.items() if n and ("." + n).endswith("." + name)]
        if not hits:
            raise ValueError(f"module {name!r} not found")
        heads.extend(hits)
    if not selected:
        raise ValueError("no targets")
    model.requires_grad_(False)
    result = []
    for n in modules:
        if n in selected:
            path, _, leaf = n.rpartition(".")
            setattr(modules[path], leaf, LoRALinear(modules[n], r, alpha, dropout))
            result.append(n)
    for m in heads:
        m.requires_grad_(True)
    return result
