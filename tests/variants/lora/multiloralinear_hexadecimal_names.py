"""MultiLoRALinear: the factors are registered on the layer itself under hexadecimal names, so that an adapter
may have any name.
"""

import torch
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        for parameter in base.parameters():
            parameter.requires_grad_(False)
        self.base = base
        self.scales: dict[str | None, float] = {None: 0.0}
        self.active: str | None = None

    @staticmethod
    def _names(name: str) -> tuple[str, str]:
        code = name.encode("utf-8", "surrogatepass").hex()
        return f"a_{code}", f"b_{code}"

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.scales:
            raise ValueError(f"there is an adapter {name!r} already")
        weight = self.base.weight
        outputs, inputs = weight.shape
        first, second = self._names(name)
        self.register_parameter(first, nn.Parameter(weight.new_empty(inputs, r).normal_(std=inputs**-0.5)))
        self.register_parameter(second, nn.Parameter(weight.new_zeros(r, outputs)))
        self.scales[name] = alpha / r

    def set_adapter(self, name: str | None) -> None:
        self.scales[name]
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        match self.active:
            case None:
                return self.base(x)
            case name:
                first, second = map(self.get_parameter, self._names(name))
                return torch.add(self.base(x), x @ first @ second, alpha=self.scales[name])
