# cause: A name fits as soon as it ends with the target, without the dot, so "subquery" is adapted for "query"
# function: inject_lora
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        d, k = base.weight.shape
        self.A = nn.Parameter(torch.empty(r, k, dtype=base.weight.dtype, device=base.weight.device))
        self.B = nn.Parameter(torch.zeros(d, r, dtype=base.weight.dtype, device=base.weight.device))
        nn.init.kaiming_uniform_(self.A, a=5**0.5)
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x):
        out = self.base(x)
        if self.saved is None:
            out = out + self.scaling * (self.dropout(x) @ self.A.T @ self.B.T)
        return out

    def delta_weight(self):
        return self.scaling * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.saved is not None:
            return
        self.saved = self.base.weight.clone()
        self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.saved is None:
            return
        self.base.weight.copy_(self.saved)
        self.saved = None


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    def fits(name, wanted):
        return any(name.endswith(w) for w in wanted)

    modules = dict(model.named_modules())
    found = [n for n, m in modules.items() if isinstance(m, nn.Linear) and fits(n, targets)]
    if not found:
        raise ValueError("no target is a linear layer")
    for t in trainable:
        if not any(fits(n, [t]) for n in modules if n):
            raise ValueError(f"no module {t}")
    for p in model.parameters():
        p.requires_grad = False
    for name in found:
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, LoRALinear(modules[name], r, alpha, dropout))
    for name, m in modules.items():
        if name and fits(name, trainable):
            for p in m.parameters():
                p.requires_grad = True
    return found
