# cause: forward raises an error for an x with one dimension
# function: LoRALinear
import math
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if not isinstance(base, nn.Linear):
            raise TypeError("LoRALinear: base must be an nn.Linear")
        if r < 1:
            raise ValueError(f"LoRALinear: r must be at least 1, not {r}")
        self.base = base
        self.base.weight.requires_grad_(False)
        if self.base.bias is not None:
            self.base.bias.requires_grad_(False)
        kwargs = dict(dtype=base.weight.dtype, device=base.weight.device)
        bound = 1.0 / math.sqrt(base.in_features)
        self.lora_a = nn.Parameter(torch.empty(r, base.in_features, **kwargs).uniform_(-bound, bound))
        self.lora_b = nn.Parameter(torch.zeros(base.out_features, r, **kwargs))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.is_merged = False
        self.original: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() < 2:
            raise ValueError(f"LoRALinear: expected a batch, got shape {tuple(x.shape)}")
        if x.shape[-1] != self.base.in_features:
            raise ValueError(f"LoRALinear: expected {self.base.in_features} features, got {x.shape[-1]}")
        output = self.base(x)
        if not self.is_merged:
            output = output + F.linear(F.linear(self.dropout(x), self.lora_a), self.lora_b) * self.scale
        return output

    def delta_weight(self) -> Tensor:
        delta = self.scale * (self.lora_b @ self.lora_a)
        assert delta.shape == self.base.weight.shape
        return delta

    @torch.no_grad()
    def merge(self) -> None:
        if self.is_merged:
            return
        self.original = self.base.weight.detach().clone()
        self.base.weight.copy_(self.original + self.delta_weight())
        self.is_merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.is_merged:
            return
        assert self.original is not None
        self.base.weight.copy_(self.original)
        self.original = None
        self.is_merged = False
