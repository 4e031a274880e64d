# cause: torch.svd returns V, not its transpose, and its first r rows are taken instead of its first r columns
# function: best_rank_r
import torch
from torch import Tensor


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    if r < 1 or r > min(delta_w.shape):
        raise ValueError(f"rank {r} is impossible for {tuple(delta_w.shape)}")
    U, S, V = torch.svd(delta_w)
    B = U[:, :r] * S[:r]
    A = V[:r, :]
    error = S[r:].square().sum().sqrt().item()
    return B, A, error
