# cause: Torch.svd returns V with the singular vectors as columns, and its first r rows are taken as if it were Vh.
# function: best_rank_r

import torch


def best_rank_r(delta_w, r):
    if not 1 <= r <= min(delta_w.shape):
        raise ValueError(f"rank {r} is impossible for {tuple(delta_w.shape)}")
    U, S, V = torch.svd(delta_w, some=False)
    B = U[:, :r] * S[:r]
    A = V[:r, :]
    error = S[r:].pow(2).sum().sqrt().item()
    return B, A, error
