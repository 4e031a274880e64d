# cause: The decomposition is cached by tensor object, so the result is stale after the matrix was changed in place.
# function: best_rank_r
import functools

import torch
from torch import Tensor


@functools.lru_cache(maxsize=None)
def _decompose(matrix: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return torch.linalg.svd(matrix.detach().double(), full_matrices=False)


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    if not 1 <= r <= min(delta_w.shape):
        raise ValueError("impossible rank")
    U, S, Vh = _decompose(delta_w)
    B = (U[:, :r] * S[:r]).to(delta_w.dtype)
    A = Vh[:r].to(delta_w.dtype)
    return B, A, float(S[r:].square().sum().sqrt())
