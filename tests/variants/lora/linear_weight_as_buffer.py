"""W and b become buffers that share their memory with the frozen base; only A and B are Parameters of the layer."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        base.requires_grad_(False)
        self.register_buffer("weight", base.weight.detach())
        self.register_buffer("bias", None if base.bias is None else base.bias.detach())
        self.A = nn.Parameter(torch.empty_like(self.weight[0]).expand(r, -1).clone().normal_(std=0.1))
        self.B = nn.Parameter(torch.zeros_like(self.weight[:, 0]).unsqueeze(-1).repeat(1, r))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.saved = None

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

    def forward(self, x):
        y = x @ self.weight.T
        if self.bias is not None:
            y = y + self.bias
        if self.saved is None:
            y = y + self.scale * (self.dropout(x) @ self.A.T @ self.B.T)
        return y

    @torch.no_grad()
    def merge(self):
        if self.saved is None:
            self.saved = self.weight.clone()
            self.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.saved is not None:
            self.weight.copy_(self.saved)
            self.saved = None
