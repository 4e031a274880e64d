# cause: The norm is left in the graph, although it has to count as a constant in the backward pass.
# function: DoRALinear

import torch
from torch import nn


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(r)
        self.base = base
        for q in self.base.parameters():
            q.requires_grad = False
        opts = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.randn(r, base.in_features, **opts) * 0.05)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, r, **opts))
        self.magnitude = nn.Parameter(torch.linalg.vector_norm(base.weight.detach(), dim=1))
        self.scaling = alpha / (r**0.5 if rs else r)

    def forward(self, x):
        direction = self.base.weight + self.scaling * (self.lora_B @ self.lora_A)
        weight = self.magnitude[:, None] * nn.functional.normalize(direction, dim=1)
        return nn.functional.linear(x, weight, self.base.bias)
