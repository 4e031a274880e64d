# cause: A rank larger than the smaller side of the layer is refused, although only ranks below 1 are forbidden.
# function: LoRALinear

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if not 1 <= r < min(base.in_features, base.out_features):
            raise ValueError(f"rank {r} is not possible for this layer")
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.base = base
        w = base.weight
        self.lora_A = nn.Linear(base.in_features, r, bias=False, device=w.device, dtype=w.dtype)
        self.lora_B = nn.Linear(r, base.out_features, bias=False, device=w.device, dtype=w.dtype)
        nn.init.normal_(self.lora_A.weight, std=1 / r)
        nn.init.zeros_(self.lora_B.weight)
        self.scale = alpha / r
        self.drop = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if self.merged:
            return y
        return y + self.scale * self.lora_B(self.lora_A(self.drop(x)))

    def delta_weight(self) -> Tensor:
        return self.scale * self.lora_B.weight @ self.lora_A.weight

    @torch.no_grad()
    def merge(self) -> None:
        if not self.merged:
            self.original = self.base.weight.clone()
            self.base.weight += self.delta_weight()
            self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.merged:
            self.base.weight.copy_(self.original)
            self.merged = False
