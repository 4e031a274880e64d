# cause: The error is the root of a difference of two squared norms, which cancels, so for a matrix of rank r it is NaN or far from 0.
# function: best_rank_r
import torch
from torch import Tensor


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    if not 0 < r <= min(delta_w.shape):
        raise ValueError(f'rank {r} of {tuple(delta_w.shape)}')
    U, S, Vh = torch.linalg.svd(delta_w, full_matrices=False)
    B = torch.einsum('dr,r->dr', U[:, :r], S[:r])
    A = Vh[:r]
    squared = (delta_w ** 2).sum() - (S[:r] ** 2).sum()
    return (B, A, squared.sqrt().item())
