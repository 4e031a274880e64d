# cause: torch.svd_lowrank is taken for a truncated SVD; it is a randomised estimate, so another matrix of rank r is closer when the singular values decay slowly.
# function: best_rank_r
import torch
from torch import Tensor


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    d, k = delta_w.shape
    if not 1 <= r <= min(d, k):
        raise ValueError(f"rank {r} is impossible for a matrix of {d} x {k}")
    U, S, V = torch.svd_lowrank(delta_w, q=r, niter=4)
    B = U * S
    A = V.T
    error = torch.linalg.norm(delta_w - B @ A).item()
    return B, A, error
