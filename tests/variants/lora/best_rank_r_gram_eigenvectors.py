"""best_rank_r: no SVD; eigenvectors of the smaller Gram matrix in float64, and a projection onto the first r of
them.
"""

import torch
from torch import Tensor


@torch.no_grad()
def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    d, k = delta_w.shape
    if r not in range(1, min(d, k) + 1):
        raise ValueError(f"no rank {r} for {d} x {k}")
    matrix = delta_w.double()
    if d < k:
        basis = torch.linalg.eigh(matrix @ matrix.T).eigenvectors[:, d - r :]
        B, A = basis, basis.T @ matrix
    else:
        basis = torch.linalg.eigh(matrix.T @ matrix).eigenvectors[:, k - r :]
        B, A = matrix @ basis, basis.T
    error = float((matrix - B @ A).square().sum().sqrt())
    return B.to(delta_w.dtype), A.to(delta_w.dtype), error
