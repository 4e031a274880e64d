# cause: the weight of up starts at zero, but its bias as torch draws it, so a narrow adapter disturbs the block at the start
# function: BottleneckAdapter
import torch.nn.functional as F
from torch import Tensor, nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        nn.init.zeros_(self.up.weight)

    def forward(self, h: Tensor) -> Tensor:
        return h + self.up(F.gelu(self.down(h)))
