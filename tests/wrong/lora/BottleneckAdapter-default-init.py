# cause: Both projections keep the default initialisation, so the adapter disturbs its input from the start.
# function: BottleneckAdapter
import torch.nn.functional as F
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down_project = nn.Linear(d, m)
        self.up_project = nn.Linear(m, d)

    def forward(self, h):
        down = self.down_project(h)
        return h + self.up_project(F.gelu(down))
