"""LoRALinear: both factors stored transposed in a ParameterDict, einsum for the branch, and a spare copy of W as
a buffer.
"""

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        if r < 1:
            raise ValueError(f"the rank must be at least 1, not {r}")
        super().__init__()
        self.base = base.requires_grad_(False)
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.factors = nn.ParameterDict(
            {
                "wide_to_narrow": torch.randn(base.in_features, r, **like) / base.in_features**0.5,
                "narrow_to_wide": torch.zeros(r, base.out_features, **like),
            }
        )
        self.ratio = alpha / r
        self.drop = nn.Dropout(dropout)
        self.register_buffer("spare", None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        straight = self.base(x)
        if self.spare is not None:
            return straight
        narrow = torch.einsum("...k,kr->...r", self.drop(x), self.factors["wide_to_narrow"])
        return straight + torch.einsum("...r,rd->...d", narrow, self.factors["narrow_to_wide"]) * self.ratio

    def delta_weight(self) -> Tensor:
        return torch.einsum("kr,rd->dk", self.factors["wide_to_narrow"], self.factors["narrow_to_wide"]) * self.ratio

    @torch.no_grad()
    def merge(self) -> None:
        if self.spare is None:
            self.spare = self.base.weight.detach().clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.spare is not None:
            self.base.weight.copy_(self.spare)
            self.spare = None
