"""AttentionPool: lazyLinear layers made real by a dry run, then spectral norm on two of them, all in a ModuleDict."""

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        net = nn.Sequential(nn.LazyLinear(512), nn.SiLU(), nn.LazyLinear(256), nn.SiLU(), nn.LazyLinear(1))
        with torch.no_grad():
            net(torch.zeros(1, hidden))
        spectral_norm(net[0])
        spectral_norm(net[2])
        self.parts = nn.ModuleDict({"scorer": net, "normalise": nn.Softmax(dim=1)})

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        keep = mask.unsqueeze(-1).bool()
        states = hidden_states.masked_fill(~keep, 0.0)
        scores = self.parts["scorer"](states).masked_fill(~keep, float("-inf"))
        return torch.sum(self.parts["normalise"](scores) * states, dim=1)
