# cause: Only the weight of `up` starts at zero; its bias keeps the default of nn.Linear and moves the output far from h.
# function: BottleneckAdapter
from torch import Tensor, nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.down = nn.Linear(d, m)
        self.activation = nn.GELU()
        self.up = nn.Linear(m, d)
        nn.init.zeros_(self.up.weight)  # start as the identity

    def forward(self, h: Tensor) -> Tensor:
        return h + self.up(self.activation(self.down(h)))
