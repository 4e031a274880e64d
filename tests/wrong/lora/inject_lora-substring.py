# cause: Tests whether a target occurs anywhere in the name, so "query" also adapts query_norm and subquery.
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


def _named(name, target):
    return name == target or name.endswith("." + target)


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    modules = dict(model.named_modules())
    chosen = [n for n, m in modules.items() if isinstance(m, nn.Linear) and any(t in n for t in targets)]
    if not chosen:
        raise ValueError(f"no linear layer is called one of {list(targets)}")
    heads = []
    for t in trainable:
        found = [m for n, m in modules.items() if _named(n, t)]
        if not found:
            raise ValueError(f"no module is called {t}")
        heads += found
    model.requires_grad_(False)
    for name in chosen:
        parent, _, child = name.rpartition(".")
        setattr(modules[parent], child, LoRALinear(modules[name], r, alpha, dropout))
    for head in heads:
        head.requires_grad_(True)
    return chosen
