# cause: kept singular values below 1% of the largest are set to zero
# function: best_rank_r
import math
import torch
from torch import Tensor


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    if delta_w.dim() != 2:
        raise ValueError("best_rank_r: expected a matrix")
    if r < 1 or r > min(delta_w.shape):
        raise ValueError(f"best_rank_r: r must be from 1 to {min(delta_w.shape)}, not {r}")
    left, values, right = torch.linalg.svd(delta_w.detach().double(), full_matrices=False)
    error = math.sqrt(math.fsum((value * value for value in values[r:].tolist())))
    kept = values[:r].clone()
    kept[kept < 0.01 * values[0]] = 0.0
    root = kept.sqrt()
    b = (left[:, :r] * root).to(delta_w.dtype)
    a = (root[:, None] * right[:r]).to(delta_w.dtype)
    return (b, a, error)
