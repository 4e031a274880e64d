# cause: The mask of the last token is also true at all PAD positions after it, so their states are added.
# function: LSTMHead
import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        self.lstm = nn.LSTM(hidden, units or hidden, batch_first=True)
        self.score = nn.Linear(units or hidden, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states = self.lstm(hidden_states)[0]
        last = mask.cumsum(1) == mask.sum(1, keepdim=True)
        return self.score(torch.einsum("btu,bt->bu", states, last.to(states.dtype)))
