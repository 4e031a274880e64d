# cause: The error is the largest discarded singular value (the spectral norm) instead of the Frobenius norm
# function: best_rank_r
import torch


def best_rank_r(delta_w, r):
    if r < 1 or r > min(delta_w.shape):
        raise ValueError(f"rank {r}")
    u, s, vh = torch.linalg.svd(delta_w, full_matrices=False)
    root = s[:r].sqrt()
    B, A = u[:, :r] * root, root[:, None] * vh[:r]
    return B, A, torch.linalg.matrix_norm(delta_w - B @ A, ord=2).item()
