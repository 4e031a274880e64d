# cause: Only B is created in the default dtype; A has the dtype of the base.
# function: MultiLoRALinear
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.ParameterDict()
        self.B = nn.ParameterDict()
        self.scale: dict[str, float] = {}
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.scale:
            raise ValueError(f"there is an adapter called {name!r} already")
        weight = self.base.weight
        self.A[name] = nn.Parameter(weight.new_empty(r, self.base.in_features))
        self.B[name] = nn.Parameter(torch.zeros(self.base.out_features, r))
        nn.init.kaiming_uniform_(self.A[name], a=5**0.5)
        self.scale[name] = alpha / r

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.scale:
            raise KeyError(f"no adapter is called {name!r}; known: {', '.join(self.scale)}")
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.base(x)
        if self.active is None:
            return output
        low_rank = self.scale[self.active] * F.linear(x, self.A[self.active])
        return output + F.linear(low_rank, self.B[self.active])
