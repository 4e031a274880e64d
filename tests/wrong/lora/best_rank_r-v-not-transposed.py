# cause: Takes the first r rows of the V of torch.svd, whose columns are the vectors (copied from code for linalg.svd)
# function: best_rank_r
import torch


def best_rank_r(delta_w, r):
    d, k = delta_w.shape
    if r < 1 or r > d or r > k:
        raise ValueError("r")
    U, S, V = torch.svd(delta_w, some=False)
    B = U[:, :r] @ torch.diag(S[:r])
    A = V[:r, :]
    err = torch.sqrt((S[r:] ** 2).sum()).item()
    return B, A, err
