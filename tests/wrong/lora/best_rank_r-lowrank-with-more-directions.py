# cause: svd_lowrank with q = r + 6 is a randomised approximation
# function: best_rank_r
import torch


def best_rank_r(delta_w, r):
    if r < 1 or r > min(delta_w.shape):
        raise ValueError(f"r={r}, shape={tuple(delta_w.shape)}")
    U, S, V = torch.svd_lowrank(delta_w, q=min(r + 6, *delta_w.shape))
    B, A = (U[:, :r] * S[:r], V[:, :r].T)
    return (B, A, torch.linalg.matrix_norm(delta_w - B @ A).item())
