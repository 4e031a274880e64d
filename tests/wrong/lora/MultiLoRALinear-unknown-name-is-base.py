# cause: An unknown name is accepted and silently means the plain base layer.
# function: MultiLoRALinear

import torch
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad_(False)
        self.adapters = nn.ModuleDict()
        self.alphas = {}
        self.active = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.alphas:
            raise ValueError(name)
        like = {"dtype": self.base.weight.dtype, "device": self.base.weight.device}
        pair = nn.ParameterDict(
            {
                "A": nn.Parameter(torch.randn(r, self.base.in_features, **like) * 0.02),
                "B": nn.Parameter(torch.zeros(self.base.out_features, r, **like)),
            }
        )
        self.adapters[name] = pair
        self.alphas[name] = (alpha, r)

    def set_adapter(self, name: str | None) -> None:
        self.active = name if name in self.alphas else None

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.active is not None:
            pair = self.adapters[self.active]
            alpha, r = self.alphas[self.active]
            h = h + alpha / r * torch.einsum("...k,rk,dr->...d", x, pair["A"], pair["B"])
        return h
