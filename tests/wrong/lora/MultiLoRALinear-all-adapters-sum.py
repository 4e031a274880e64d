# cause: All adapters are added up instead of only the active one.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.A = nn.ParameterDict()
        self.B = nn.ParameterDict()
        self.scale = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.A:
            raise ValueError("name taken")
        w = self.base.weight
        self.A[name] = nn.Parameter(torch.randn(r, w.shape[1], dtype=w.dtype, device=w.device) * 0.02)
        self.B[name] = nn.Parameter(torch.zeros(w.shape[0], r, dtype=w.dtype, device=w.device))
        self.scale[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.A:
            raise KeyError(f"no adapter {name}")
        self.active = name

    def forward(self, x):
        out = self.base(x)
        if self.active is None:
            return out
        for name in self.A:
            out = out + self.scale[name] * (x @ self.A[name].T @ self.B[name].T)
        return out
