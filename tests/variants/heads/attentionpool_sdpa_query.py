"""AttentionPool: torch's scaled_dot_product_attention with one learned query; the score is query . tanh(W h) /
sqrt(C).
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.key = nn.Linear(hidden, hidden)
        self.query = nn.Parameter(torch.randn(1, 1, hidden))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()
        values = torch.where(real.unsqueeze(2), hidden_states, 0.0)
        query = self.query.expand(len(values), -1, -1)
        pooled = F.scaled_dot_product_attention(query, self.key(values).tanh(), values, attn_mask=real.unsqueeze(1))
        return pooled.squeeze(1)
