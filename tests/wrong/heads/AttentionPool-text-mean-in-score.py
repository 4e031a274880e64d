# cause: The network scores each token together with the mean of its text, so a score does not come from the token's own state alone.
# function: AttentionPool

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2 * hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        m = mask.bool().unsqueeze(-1)
        clean = hidden_states.masked_fill(~m, 0.0)
        context = clean.sum(1, keepdim=True) / m.sum(1, keepdim=True)
        joint = torch.cat((clean, context.expand_as(clean)), dim=-1)
        scores = self.net(joint).masked_fill(~m, -torch.inf)
        return torch.sum(F.softmax(scores, dim=1) * clean, dim=1)
