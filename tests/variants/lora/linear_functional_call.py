"""The base layer is called with another weight through torch.func.functional_call, and is itself called for dropout."""

import torch
from torch import nn
from torch.func import functional_call


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError(r)
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(base.weight) * 0.2)
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.state = {}

    def delta_weight(self):
        return (self.B @ self.A) * self.scale

    def forward(self, x):
        if self.state:
            return self.base(x)
        thinned = self.dropout(x)
        whole = functional_call(self.base, {"weight": self.base.weight + self.delta_weight()}, (thinned,))
        return whole + (x - thinned) @ self.base.weight.T

    def merge(self):
        if not self.state:
            self.state = {name: tensor.clone() for name, tensor in self.base.state_dict().items()}
            self.base.load_state_dict(self.state | {"weight": self.state["weight"] + self.delta_weight().detach()})

    def unmerge(self):
        if self.state:
            self.base.load_state_dict(self.state)
            self.state = {}
