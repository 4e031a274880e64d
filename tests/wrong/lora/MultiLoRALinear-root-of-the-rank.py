# cause: The update is scaled by alpha / sqrt(r) instead of alpha / r.
# function: MultiLoRALinear
import torch
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.factors = nn.ParameterList()
        self.slots = {}
        self.chosen = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.slots:
            raise ValueError(f"adapter {name} exists")
        d, k = self.base.weight.shape
        opts = {"dtype": self.base.weight.dtype, "device": self.base.weight.device}
        # entries of variance 1/k, and the sum over r independent modes normalised by their standard deviation
        A = torch.randn(r, k, **opts) * k**-0.5
        self.slots[name] = (len(self.factors), alpha / r**0.5)
        self.factors.extend([nn.Parameter(A), nn.Parameter(torch.zeros(d, r, **opts))])

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.slots:
            raise KeyError(name)
        self.chosen = name

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.chosen is None:
            return h
        slot, g = self.slots[self.chosen]
        A, B = self.factors[slot], self.factors[slot + 1]
        return h + g * torch.einsum("dr,...r->...d", B, torch.einsum("rk,...k->...r", A, x))
