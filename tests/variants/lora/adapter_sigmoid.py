"""A sigmoid, which is not zero at zero: still the identity at the start, since all of up is zero."""

from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.encode = nn.Linear(d, m)
        self.squash = nn.Sigmoid()
        self.decode = nn.utils.skip_init(nn.Linear, m, d)
        for parameter in self.decode.parameters():
            parameter.data.zero_()

    def forward(self, h):
        residual = h
        return residual + self.decode(self.squash(self.encode(h)))
