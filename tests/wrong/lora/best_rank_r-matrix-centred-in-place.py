# cause: The mean is subtracted from the matrix in place after the decomposition.
# function: best_rank_r
import torch
from torch import Tensor


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    d, k = delta_w.shape
    if not 1 <= r <= min(d, k):
        raise ValueError(f"r={r}: a matrix of shape ({d}, {k}) has ranks from 1 to {min(d, k)}")
    U, S, Vh = torch.linalg.svd(delta_w, full_matrices=False)
    delta_w.sub_(delta_w.mean())
    error = S[r:].square().sum().sqrt().item()
    return (U[:, :r] * S[:r], Vh[:r], error)
