# cause: The choice is stored before the name is checked, so after a KeyError the unknown adapter is active.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.pA, self.pB = nn.ParameterDict(), nn.ParameterDict()
        self.s = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.s:
            raise ValueError(f"an adapter is called {name} already")
        self.pA[name] = nn.Parameter(torch.randn(r, self.base.in_features).to(self.base.weight) * 0.01)
        self.pB[name] = nn.Parameter(torch.zeros(self.base.out_features, r).to(self.base.weight))
        self.s[name] = alpha / r

    def set_adapter(self, name):
        self.active = name
        if name is not None and name not in self.s:
            raise KeyError(name)

    def forward(self, x):
        y = self.base(x)
        if self.active is not None and self.active in self.s:
            y = y + self.s[self.active] * (x @ self.pA[self.active].t() @ self.pB[self.active].t())
        return y
