"""LoRALinear: the low-rank branch is a custom autograd.Function that saves no rank-r activations and recomputes
them in the backward pass.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class _LowRank(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, a, b, scale):
        ctx.save_for_backward(x, a, b)
        ctx.scale = scale
        return F.linear(F.linear(x, a), b) * scale

    @staticmethod
    def backward(ctx, grad_out):
        x, a, b = ctx.saved_tensors
        grad_x = grad_a = grad_b = None
        g = grad_out.to(b.dtype) * ctx.scale
        gz = g @ b
        x2 = x.reshape(-1, x.shape[-1]).to(a.dtype)
        if ctx.needs_input_grad[0]:
            grad_x = (gz @ a).to(x.dtype)
        if ctx.needs_input_grad[1]:
            grad_a = gz.reshape(-1, gz.shape[-1]).t() @ x2
        if ctx.needs_input_grad[2]:
            grad_b = g.reshape(-1, g.shape[-1]).t() @ (x2 @ a.t())
        return grad_x, grad_a, grad_b, None


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"rank must be at least 1, got {r}")
        self.base = base.requires_grad_(False)
        self.r, self.alpha, self.scaling = r, alpha, alpha / r
        self.dropout = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self.lora_A = nn.Parameter(base.weight.new_empty(r, base.in_features))
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.register_buffer("_pristine", None, persistent=False)

    @property
    def merged(self) -> bool:
        return self._pristine is not None

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.merged:
            return out
        return out + _LowRank.apply(self.dropout(x), self.lora_A, self.lora_B, self.scaling)

    def delta_weight(self) -> Tensor:
        return torch.einsum("dr,rk->dk", self.lora_B, self.lora_A) * self.scaling

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        self._pristine = self.base.weight.detach().clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.copy_(self._pristine)
        self._pristine = None
