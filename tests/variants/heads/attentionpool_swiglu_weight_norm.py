"""AttentionPool: a SwiGLU scorer of 512 units whose three matrices are weight-normalised by parametrizations."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.gate = weight_norm(nn.Linear(hidden, 512))
        self.up = weight_norm(nn.Linear(hidden, 512))
        self.down = weight_norm(nn.Linear(512, 1, bias=False))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        pad = ~mask.bool()
        x = hidden_states.masked_fill(pad.unsqueeze(-1), 0)
        scores = self.down(F.silu(self.gate(x)) * self.up(x)).squeeze(-1)
        log_weights = F.log_softmax(scores.masked_fill(pad, float("-inf")), dim=-1)
        return torch.matmul(log_weights.exp().unsqueeze(-2), x).squeeze(-2)
