"""DoRALinear builds on LoRALinear and scales its output as peft does: what W x lacks comes on top."""

import torch
from torch import nn


class DoRALinear(LoRALinear):  # noqa: F821 - given by the reference
    def __init__(self, base, r, alpha, rs=False):
        super().__init__(base, r, alpha * r**0.5 if rs else alpha)
        self.lora_magnitude_vector = nn.Parameter(torch.linalg.vector_norm(base.weight.data, dim=1, keepdim=True))

    def forward(self, x):
        with torch.no_grad():
            norm = torch.linalg.norm(self.base.weight + self.delta_weight(), dim=1)
        factor = self.lora_magnitude_vector[:, 0] / norm
        plain = x @ self.base.weight.T
        extra = (factor - 1) * plain + factor * (self.scale * (x @ self.A.T @ self.B.T))
        return self.base(x) + extra
