# cause: The name is stored before it is looked up, so after the KeyError the previous adapter is no longer active.
# function: MultiLoRALinear
import math

from torch import Tensor, nn


class MultiLoRALinear(nn.Module):

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        base.requires_grad_(False)
        self.base = base
        self.lora_A = nn.ParameterDict()
        self.lora_B = nn.ParameterDict()
        self.scales = {}
        self.active = None
        self.scale = 0.0

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.scales:
            raise ValueError(f"adapter {name} exists already")
        d, k = self.base.weight.shape
        A = self.base.weight.new_empty(r, k)
        nn.init.kaiming_uniform_(A, a=math.sqrt(5))
        self.lora_A[name] = nn.Parameter(A)
        self.lora_B[name] = nn.Parameter(self.base.weight.new_zeros(d, r))
        self.scales[name] = alpha / r

    def set_adapter(self, name: str | None) -> None:
        self.active = name
        if name is not None:
            self.scale = self.scales[name]

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.active is not None:
            A, B = self.lora_A[self.active], self.lora_B[self.active]
            out = out + self.scale * (x @ A.T @ B.T)
        return out
