# cause: a slip: dropout works on the r numbers between A and B, not on the inputs of the update
# function: LoRALinear
import math

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    """A frozen linear layer and a low-rank branch."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        """Freeze the base, create both factors."""
        super().__init__()
        if r < 1:
            raise ValueError(f"r must be at least 1, not {r}")
        self.base = base
        self.base.requires_grad_(False)
        weight = base.weight
        self.lora_A = nn.Parameter(torch.empty(r, base.in_features, dtype=weight.dtype, device=weight.device))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, r, dtype=weight.dtype, device=weight.device))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.original = None

    def forward(self, x: Tensor) -> Tensor:
        """W x + b, and the branch unless merged."""
        out = self.base(x)
        if self.original is None:
            out = out + self.scaling * (self.dropout(x @ self.lora_A.T) @ self.lora_B.T)
        return out

    def delta_weight(self) -> Tensor:
        """The update as one matrix."""
        return self.scaling * (self.lora_B @ self.lora_A)

    @torch.no_grad()
    def merge(self) -> None:
        """Add the update to the weight."""
        if self.original is None:
            self.original = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        """Put the old weight back."""
        if self.original is not None:
            self.base.weight.copy_(self.original)
            self.original = None
