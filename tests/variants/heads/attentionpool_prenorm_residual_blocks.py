"""AttentionPool: the scorer is a residual MLP with two pre-norm RMSNorm blocks of 512 and 1024 units and GELU."""

import torch
from torch import Tensor, nn


class _Block(nn.Module):
    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.norm = nn.RMSNorm(width, eps=1e-6)
        self.up = nn.Linear(width, inner)
        self.act = nn.GELU(approximate="tanh")
        self.down = nn.Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(self.act(self.up(self.norm(x))))


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.embed = nn.Linear(hidden, 512)
        self.blocks = nn.ModuleList([_Block(512, 1024) for _ in range(2)])
        self.norm = nn.RMSNorm(512, eps=1e-6)
        self.to_score = nn.Linear(512, 1)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()
        tokens = hidden_states.masked_fill(~real.unsqueeze(-1), 0.0)
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x)
        logits = self.to_score(self.norm(x)).squeeze(-1)
        logits = logits.masked_fill(~real, torch.finfo(logits.dtype).min)
        weights = logits.softmax(dim=-1).masked_fill(~real, 0.0)
        return torch.einsum("bt,btc->bc", weights, tokens)
