# cause: Divides by the row lengths of the frozen W instead of W + s B A, so B A changes the lengths too
# function: DoRALinear
import math

import torch
import torch.nn.functional as F
from torch import nn


class DoRALinear(nn.Module):
    def __init__(self, base, r, alpha, rs=False):
        super().__init__()
        if r < 1:
            raise ValueError("rank")
        self.base = base
        base.weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        w = base.weight
        self.lora_A = nn.Parameter(w.new_empty(r, base.in_features).normal_(std=1 / r))
        self.lora_B = nn.Parameter(w.new_zeros(base.out_features, r))
        self.m = nn.Parameter(w.detach().norm(dim=1))
        self.s = alpha / math.sqrt(r) if rs else alpha / r

    def forward(self, x):
        v = self.base.weight + self.s * self.lora_B @ self.lora_A
        norm = self.base.weight.norm(p=2, dim=1, keepdim=True)
        return F.linear(x, self.m.unsqueeze(1) * v / norm, self.base.bias)
