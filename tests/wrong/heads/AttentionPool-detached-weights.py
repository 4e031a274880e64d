# cause: Computes the weights under no_grad as if they were a fixed mask, so the network that scores never learns.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def attention_weights(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.score(hidden_states).squeeze(2)
        return scores.masked_fill(mask.eq(0), float("-inf")).softmax(dim=1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        with torch.no_grad():
            weights = self.attention_weights(hidden_states, mask)
        return torch.matmul(weights[:, None, :], hidden_states)[:, 0]
