# cause: A is filled with one constant, so its rows are all the same and so are all layers.
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.Parameter(
            torch.full((r, base.in_features), 0.01, dtype=base.weight.dtype, device=base.weight.device)
        )
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype, device=base.weight.device))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self._w = None

    def forward(self, x):
        if self._w is not None:
            return self.base(x)
        return self.base(x) + (self.dropout(x) @ self.A.T @ self.B.T) * self.scaling

    def delta_weight(self):
        return self.B @ self.A * self.scaling

    @torch.no_grad()
    def merge(self):
        if self._w is None:
            self._w = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self._w is not None:
            self.base.weight.copy_(self._w)
            self._w = None
