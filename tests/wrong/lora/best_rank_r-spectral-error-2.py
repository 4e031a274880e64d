# cause: The error is the largest singular value that was discarded, which is the spectral norm, instead of the Frobenius norm.
# function: best_rank_r

import torch
from torch import Tensor


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    d, k = delta_w.shape
    if r < 1 or r > d or r > k:
        raise ValueError("r must lie between 1 and min(d, k)")
    u, s, vh = torch.linalg.svd(delta_w, full_matrices=False)
    root = s[:r].sqrt()
    b = u[:, :r] @ torch.diag(root)
    a = torch.diag(root) @ vh[:r]
    error = float(s[r]) if r < len(s) else 0.0
    return b, a, error
