# cause: The output of the hidden layer is detached, so that layer never learns.
# function: AttentionPool
import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.inner = nn.Linear(hidden, hidden)
        self.outer = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.outer(torch.tanh(self.inner(hidden_states)).detach()).squeeze(-1)
        weights = scores.masked_fill(mask == 0, float("-inf")).softmax(dim=1)
        return torch.einsum("bt,btc->bc", weights, hidden_states)
