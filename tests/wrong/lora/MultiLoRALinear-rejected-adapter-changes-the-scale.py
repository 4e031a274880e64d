# cause: add_adapter stores the scale before it checks the name, so a rejected second adapter with the same name changes the scale of the existing one
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        self.A = nn.ParameterDict()
        self.B = nn.ParameterDict()
        self.scale = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        self.scale[name] = alpha / r
        if name in self.A:
            raise ValueError("adapter exists: " + name)
        d, k = self.base.weight.shape
        self.A[name] = nn.Parameter(torch.randn(r, k).to(self.base.weight) * 0.02)
        self.B[name] = nn.Parameter(torch.zeros(d, r).to(self.base.weight))

    def set_adapter(self, name):
        if name is not None and name not in self.A:
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        out = self.base(x)
        if self.active is not None:
            A = self.A[self.active]
            B = self.B[self.active]
            out = out + self.scale[self.active] * (x @ A.T @ B.T)
        return out
