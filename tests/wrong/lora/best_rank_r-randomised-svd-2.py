# cause: optimised too early: torch.svd_lowrank without power iterations is randomised and only near the best approximation unless the matrix is tiny
# function: best_rank_r
import torch
from torch import Tensor


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    """Truncated decomposition without the cost of a full one."""
    d, k = delta_w.shape
    if not 1 <= r <= min(d, k):
        raise ValueError(f"r must be from 1 to {min(d, k)}")
    U, S, V = torch.svd_lowrank(delta_w, q=min(r + 2, d, k), niter=0)
    B = U[:, :r] * S[:r]
    A = V[:, :r].T
    error = torch.linalg.norm(delta_w - B @ A).item()
    return B, A, error
