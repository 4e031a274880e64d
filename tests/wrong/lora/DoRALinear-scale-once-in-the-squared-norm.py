# cause: the squared length of B A's rows is weighted with s instead of s squared in the norm, which is wrong unless s is 1 (or B is 0)
# function: DoRALinear
import torch
import torch.nn.functional as F
from torch import nn


class DoRALinear(nn.Module):
    def __init__(self, base, r, alpha, rs=False):
        super().__init__()
        if r < 1:
            raise ValueError("rank must be positive")
        self.base = base.requires_grad_(False)
        w = base.weight.detach()
        self.scale = alpha / (r**0.5 if rs else r)
        self.A = nn.Parameter(torch.randn(r, w.shape[1], dtype=w.dtype, device=w.device) * w.shape[1] ** -0.5)
        self.B = nn.Parameter(w.new_zeros(w.shape[0], r))
        self.m = nn.Parameter(w.norm(dim=1))

    @torch.no_grad()
    def _row_norms(self):
        # never form the (d, k) product: |W + sBA|^2 = |W|^2 + 2s <W, BA> + |BA|^2, all through r columns
        W, A, B, s = self.base.weight, self.A, self.B, self.scale
        square = torch.einsum("dk,dk->d", W, W)
        cross = torch.einsum("dr,dr->d", W @ A.T, B)
        own = torch.einsum("dr,dr->d", B @ (A @ A.T), B)
        return (square + 2 * s * cross + s * own).clamp_min(0).sqrt()

    def forward(self, x):
        y = F.linear(x, self.base.weight) + F.linear(F.linear(x, self.A) * self.scale, self.B)
        y = y * (self.m / self._row_norms())
        return y if self.base.bias is None else y + self.base.bias
