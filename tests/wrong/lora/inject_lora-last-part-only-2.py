# cause: Compares only the last part of the name with the targets, so a target with dots never fits.
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
    to_replace = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            to_replace[name] = module
    if len(to_replace) == 0:
        raise ValueError("no target found")
    head_modules = []
    for head in trainable:
        matched = [m for n, m in model.named_modules() if n == head or n.endswith(f".{head}")]
        if len(matched) == 0:
            raise ValueError(f"no module named {head}")
        head_modules.extend(matched)
    for param in model.parameters():
        param.requires_grad = False
    for name, module in to_replace.items():
        if "." in name:
            parent_name, child_name = name.rsplit(".", 1)
            parent = model.get_submodule(parent_name)
        else:
            parent, child_name = model, name
        parent._modules[child_name] = LoRALinear(module, r=r, alpha=alpha, dropout=dropout)
    for module in head_modules:
        for param in module.parameters():
            param.requires_grad = True
    return list(to_replace)
