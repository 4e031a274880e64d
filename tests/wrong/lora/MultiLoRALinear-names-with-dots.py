# cause: The adapter's name is used as a submodule name, so a name with a dot makes torch raise a KeyError.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.ups = nn.ModuleDict()
        self.downs = nn.ModuleDict()
        self.scales = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.scales:
            raise ValueError(f"{name} already exists")
        w = self.base.weight
        self.downs[name] = nn.Linear(self.base.in_features, r, bias=False, dtype=w.dtype, device=w.device)
        up = nn.Linear(r, self.base.out_features, bias=False, dtype=w.dtype, device=w.device)
        nn.init.zeros_(up.weight)
        self.ups[name] = up
        self.scales[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.scales:
            raise KeyError(f"no adapter is called {name!r}; known: {', '.join(self.scales)}")
        self.active = name

    def forward(self, x):
        h = self.base(x)
        if self.active is not None:
            h = h + self.scales[self.active] * self.ups[self.active](self.downs[self.active](x))
        return h
