# cause: Scores the output of a recurrent layer as in the paper of Yang et al., so a weight depends on the neighbours and the order and not on the token alone.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.word = nn.Linear(hidden, hidden)
        self.context = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states, _ = self.gru(hidden_states * mask.unsqueeze(-1))
        u = torch.tanh(self.word(states))
        scores = self.context(u).squeeze(-1).masked_fill(mask == 0, float("-inf"))
        alpha = torch.softmax(scores, dim=-1)
        return torch.bmm(alpha.unsqueeze(1), hidden_states).squeeze(1)
