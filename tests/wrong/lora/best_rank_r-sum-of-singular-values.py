# cause: The error is the sum of the discarded singular values, not the root of their squares
# function: best_rank_r
import torch


def best_rank_r(delta_w, r):
    if not 1 <= r <= min(delta_w.shape):
        raise ValueError("impossible rank")
    U, S, Vh = torch.linalg.svd(delta_w, full_matrices=False)
    return U[:, :r] * S[:r], Vh[:r], float(S[r:].sum())
