"""best_rank_r works in numpy, with the singular values in A, and takes the error from what is kept of the whole."""

import numpy as np
import torch


def best_rank_r(delta_w, r):
    if r not in range(1, min(delta_w.shape) + 1):
        raise ValueError(f"rank {r}")
    matrix = delta_w.detach().cpu().numpy()
    u, s, vh = np.linalg.svd(matrix)
    kept, whole = float((s[:r] ** 2).sum()), float((matrix**2).sum())
    b, a = u[:, :r].copy(), s[:r, None] * vh[:r]
    return torch.from_numpy(b), torch.from_numpy(a.copy()), max(whole - kept, 0.0) ** 0.5
