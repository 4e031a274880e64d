"""A learned query against projected keys through torch's own attention; the values are the states themselves."""

import torch
import torch.nn.functional as F
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.query = nn.Parameter(torch.ones(1, 1, hidden))
        self.key = nn.Linear(hidden, hidden)

    def forward(self, hidden_states, mask):
        query = self.query.expand(len(mask), 1, -1)
        attended = F.scaled_dot_product_attention(
            query, self.key(hidden_states), hidden_states, attn_mask=mask[:, None].bool()
        )
        return torch.squeeze(attended, 1)
