# cause: Multiplies by the mask before the power, so for p below 1 the gradient of PAD is 0 times infinity.
# function: GeMPool

import torch
from torch import Tensor, nn


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-06) -> None:
        super().__init__()
        self.dim = 1
        self.p = nn.Parameter(torch.ones(1) * p)
        self.eps = eps

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        x = hidden_states
        attention_mask_expanded = mask.unsqueeze(-1).expand(x.shape).to(x.dtype)
        x = (x.clamp(min=self.eps) * attention_mask_expanded).pow(self.p).sum(self.dim)
        ret = x / attention_mask_expanded.sum(self.dim).clip(min=self.eps)
        ret = ret.pow(1 / self.p)
        return ret
