# cause: Freezes the model after putting the LoRA layers in, so the factors are frozen with it.
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


def matches(name, patterns):
    return any(f".{name}".endswith(f".{p}") for p in patterns)


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    everything = list(model.named_modules())
    replaced = [n for n, m in everything if type(m) is nn.Linear and matches(n, targets)]
    if not replaced:
        raise ValueError("no linear layer matches")
    for t in trainable:
        if not any(matches(n, [t]) for n, _ in everything if n):
            raise ValueError(f"no module {t!r}")
    for n in replaced:
        parent, _, leaf = n.rpartition(".")
        holder = model.get_submodule(parent)
        setattr(holder, leaf, LoRALinear(getattr(holder, leaf), r, alpha, dropout))
    for p in model.parameters():
        p.requires_grad_(False)
    for n, m in everything:
        if n and matches(n, trainable):
            m.requires_grad_(True)
    return replaced
