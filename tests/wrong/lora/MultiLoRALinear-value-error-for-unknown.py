# cause: An unknown adapter raises a ValueError instead of a KeyError.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.ParameterDict()
        self.B = nn.ParameterDict()
        self.scales = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.scales:
            raise ValueError(f"{name} is taken")
        w = self.base.weight
        self.A[name] = nn.Parameter(torch.randn(r, w.size(1), dtype=w.dtype, device=w.device) * 0.02)
        self.B[name] = nn.Parameter(torch.zeros(w.size(0), r, dtype=w.dtype, device=w.device))
        self.scales[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.scales:
            raise ValueError(f"unknown adapter {name}")
        self.active = name

    def forward(self, x):
        y = self.base(x)
        if self.active is None:
            return y
        return y + self.scales[self.active] * (x @ self.A[self.active].T @ self.B[self.active].T)
