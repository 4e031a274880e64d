# cause: Leaves up as nn.Linear starts it, so the adapter disturbs h from the start (only the bias is set to zero)
# function: BottleneckAdapter
import torch.nn.functional as F
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down_proj = nn.Linear(d, m)
        self.up_proj = nn.Linear(m, d)
        nn.init.xavier_uniform_(self.up_proj.weight)
        nn.init.zeros_(self.up_proj.bias)

    def forward(self, h):
        residual = h
        h = F.gelu(self.down_proj(h))
        h = self.up_proj(h)
        return residual + h
