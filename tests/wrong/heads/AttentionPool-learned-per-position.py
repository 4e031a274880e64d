# cause: The scores are learned per position instead of computed from the tokens, so they depend on the place and not on the token.
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.score = nn.Embedding(512, 1)

    def forward(self, hidden_states, mask):
        T = hidden_states.shape[1]
        s = self.score(torch.arange(T, device=hidden_states.device)).view(1, T).expand(hidden_states.shape[0], T)
        s = s.masked_fill(mask == 0, float("-inf"))
        return (torch.softmax(s, -1).unsqueeze(-1) * hidden_states).sum(1)
