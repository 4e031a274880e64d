# cause: All adapters are computed and multiplied by 0 or 1, so an inactive adapter with infinite values spoils the output.
# function: MultiLoRALinear
from math import sqrt
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.ParameterList()
        self.B = nn.ParameterList()
        self.s = []
        self.number = {}
        self.active = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.number:
            raise ValueError(f"{name!r} is taken")
        d, k = self.base.weight.shape
        self.number[name] = len(self.s)
        self.A.append(nn.Parameter(self.base.weight.new_empty(r, k).normal_(std=1 / sqrt(k))))
        self.B.append(nn.Parameter(self.base.weight.new_zeros(d, r)))
        self.s.append(alpha / r)

    def set_adapter(self, name: str | None) -> None:
        self.active = None if name is None else self.number[name]

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        for i, (A, B, s) in enumerate(zip(self.A, self.B, self.s, strict=True)):
            h = h + (i == self.active) * s * (x @ A.T @ B.T)
        return h
