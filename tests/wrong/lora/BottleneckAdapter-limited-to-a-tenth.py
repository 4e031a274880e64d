# cause: The branch is always limited to 10 % of the norm of h, not only small at the start.
# function: BottleneckAdapter
import torch
from torch import Tensor, nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        with torch.no_grad():
            self.up.weight.mul_(1e-3)
            self.up.bias.mul_(0)

    def forward(self, h: Tensor) -> Tensor:
        branch = self.up(torch.relu(self.down(h)))
        # must stay below 10 % of h
        limit = 0.1 * h.norm(dim=-1, keepdim=True)
        size = branch.norm(dim=-1, keepdim=True).clamp(min=1e-12)
        return h + branch * (limit / size).clamp(max=1.0)
