# cause: Normalises the input of the adapter with a LayerNorm of its own, as some adapter libraries do, which adds 2 d parameters.
# function: BottleneckAdapter

from torch import Tensor, nn


class BottleneckAdapter(nn.Module):
    """down -> GELU -> up with a skip connection."""

    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.down = nn.Linear(d, m)
        self.act = nn.GELU()
        self.up = nn.Linear(m, d)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, h: Tensor) -> Tensor:
        return h + self.up(self.act(self.down(self.norm(h))))
