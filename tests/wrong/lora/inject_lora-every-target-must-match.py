# cause: An error is raised as soon as one of the targets fits no linear layer, although one that fits is enough.
# function: inject_lora

import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x):
        out = self.base(x)
        if self.saved is None:
            out = out + self.dropout(x) @ self.A.T @ self.B.T * self.scale
        return out

    def delta_weight(self):
        return self.B @ self.A * self.scale

    @torch.no_grad()
    def merge(self):
        if self.saved is None:
            self.saved = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.saved is not None:
            self.base.weight.copy_(self.saved)
            self.saved = None


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    def fits(name, wanted):
        return name == wanted or name.endswith("." + wanted)

    modules = list(model.named_modules())
    found = []
    for target in targets:
        hits = [name for name, module in modules if isinstance(module, nn.Linear) and fits(name, target)]
        if not hits:
            raise ValueError(f"no linear layer is called {target}")
        found += [name for name in hits if name not in found]
    if not found:
        raise ValueError("nothing to adapt")
    heads = []
    for wanted in trainable:
        hits = [module for name, module in modules if fits(name, wanted)]
        if not hits:
            raise ValueError(f"no module is called {wanted}")
        heads += hits

    model.requires_grad_(False)
    for name in found:
        parent, _, child = name.rpartition(".")
        holder = model.get_submodule(parent)
        children = holder._modules
        children[child] = LoRALinear(children[child], r, alpha, dropout)
    for module in heads:
        module.requires_grad_(True)
    return found
