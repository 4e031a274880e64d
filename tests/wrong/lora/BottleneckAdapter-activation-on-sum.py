# cause: The non-linearity is applied to the sum at the end, as in a ResNet block, and cuts off the negative half of h.
# function: BottleneckAdapter

import torch.nn as nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        self.act = nn.ReLU()
        nn.init.normal_(self.up.weight, std=1e-3)
        nn.init.zeros_(self.up.bias)

    def forward(self, h):
        z = self.act(self.down(h))
        return self.act(h + self.up(z))
