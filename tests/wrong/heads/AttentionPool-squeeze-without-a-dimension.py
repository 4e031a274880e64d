# cause: squeeze() also drops the token axis of one-token texts
# function: AttentionPool
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.s = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states, mask):
        w = (self.s(hidden_states).squeeze() + mask.log()).softmax(1)
        return (w[:, None] @ hidden_states)[:, 0]
