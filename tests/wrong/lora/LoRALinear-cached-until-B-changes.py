# cause: in evaluation mode without grad, a cached weight is rebuilt only if B was changed in place
# function: LoRALinear
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError(f"r={r!r}")
        self.base = base.requires_grad_(False)
        w = base.weight
        self.A = nn.Parameter(
            torch.empty(r, w.shape[1], dtype=w.dtype, device=w.device).normal_(std=w.shape[1] ** (-0.5))
        )
        self.B = nn.Parameter(w.new_zeros(w.shape[0], r))
        self.scale = alpha / r
        self.p = dropout
        self.merged = False
        self._w0 = None
        self._fused = None
        self._version = -1

    def forward(self, x: Tensor) -> Tensor:
        if self.merged:
            return self.base(x)
        if not self.training and (not torch.is_grad_enabled()):
            if self._version != self.B._version:
                self._fused = self.base.weight + self.delta_weight()
                self._version = self.B._version
            return F.linear(x, self._fused, self.base.bias)
        z = F.dropout(x, self.p, self.training) if self.p else x
        return self.base(x) + F.linear(F.linear(z, self.A), self.B).mul(self.scale)

    def delta_weight(self) -> Tensor:
        return self.B * self.scale @ self.A

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        self._w0 = self.base.weight.detach().clone()
        self.base.weight.addmm_(self.B, self.A, alpha=self.scale)
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.copy_(self._w0)
        self._w0, self.merged = (None, False)
