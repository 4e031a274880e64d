# cause: Merge adds the update to the weight but never notes that it did: the update counts twice afterwards.
# function: LoRALinear

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r < 1")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad_(False)
        d, k = base.weight.size()
        kw = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.A = nn.Parameter(torch.normal(0.0, 0.02, (r, k)).to(**kw))
        self.B = nn.Parameter(torch.zeros(d, r, **kw))
        self.s = alpha / r
        self.dropout = nn.Dropout(p=dropout)
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        if self.merged:
            return self.base(x)
        update = torch.einsum("...k,rk,dr->...d", self.dropout(x), self.A, self.B)
        return self.base(x) + self.s * update

    def delta_weight(self) -> Tensor:
        return torch.einsum("dr,rk->dk", self.B, self.A) * self.s

    @torch.no_grad()
    def merge(self) -> None:
        merged = self.merged
        if not merged:
            self.backup = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())
            merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.merged:
            self.base.weight.copy_(self.backup)
            self.merged = False
