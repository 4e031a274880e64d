# cause: svd_lowrank is a randomised approximation, so the product is close to the best one of rank r, but not the best
# function: best_rank_r
import torch
from torch import Tensor


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    d, k = delta_w.shape
    if not 1 <= r <= min(d, k):
        raise ValueError(f"rank {r} is impossible for a matrix of shape {(d, k)}")
    U, S, V = torch.svd_lowrank(delta_w, q=r)
    B = U * S
    A = V.T
    return B, A, torch.linalg.norm(delta_w - B @ A).item()
