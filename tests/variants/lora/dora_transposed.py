"""DoRALinear stores everything transposed, copies the base into buffers, and works in float64 inside."""

import torch
from torch import nn


class DoRALinear(nn.Module):
    def __init__(self, base, r, alpha, *, rs=False):
        super().__init__()
        if not r >= 1:
            raise ValueError("r")
        base.requires_grad_(False)
        self.register_buffer("frozen", base.weight.detach().t().clone())
        self.register_buffer("shift", None if base.bias is None else base.bias.detach().clone())
        k, d = self.frozen.shape
        self.a = nn.Parameter(torch.randn(k, r).to(base.weight) / k)
        self.b = nn.Parameter(torch.zeros(r, d).to(base.weight))
        self.size = nn.Parameter(self.frozen.norm(dim=0).clone())
        self.factor = alpha / (torch.tensor(float(r)).sqrt().item() if rs else r)

    def forward(self, x):
        weight = self.frozen.double() + self.factor * (self.a.double() @ self.b.double())
        weight = weight * (self.size.double() / weight.norm(dim=0).detach())
        y = (x.double() @ weight).to(x.dtype)
        return y if self.shift is None else y + self.shift
