# cause: scores each token against the first one ([CLS] as the query), so a score does not come from the token's own state alone
# function: AttentionPool
import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.v = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        query = self.query(hidden_states[:, :1])
        scores = self.v(torch.tanh(query + self.key(hidden_states))).squeeze(-1)
        scores = scores.masked_fill(mask == 0, float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        return torch.bmm(weights.unsqueeze(1), hidden_states).squeeze(1)
