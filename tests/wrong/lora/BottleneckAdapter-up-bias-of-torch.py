# cause: Keras habit: a Dense bias starts at zero there, so only the weight of up is made zero, and torch's random bias disturbs h
# function: BottleneckAdapter
import torch.nn.functional as F
from torch import Tensor, nn


class BottleneckAdapter(nn.Module):
    """h + up(gelu(down(h)))."""

    def __init__(self, d: int, m: int) -> None:
        """Two projections, the second with a zero kernel."""
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        nn.init.zeros_(self.up.weight)

    def forward(self, h: Tensor) -> Tensor:
        """Residual branch."""
        return h + self.up(F.gelu(self.down(h)))
