"""best_rank_r shares roots of the singular values, uses torch.svd (which returns V), and returns a list."""

import torch


def best_rank_r(delta_w, r):
    if not isinstance(r, int) or r <= 0 or any(r > size for size in delta_w.size()):
        raise ValueError(r)
    u, s, v = torch.svd(delta_w)
    root = torch.diag(s[:r].sqrt())
    return [u[:, :r] @ root, root @ v[:, :r].t(), torch.linalg.vector_norm(s[r:])]
