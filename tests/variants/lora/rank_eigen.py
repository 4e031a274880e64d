"""best_rank_r projects onto the leading eigenvectors of the smaller Gram matrix; the error is measured on the rest."""

import torch


def best_rank_r(delta_w, r):
    if r < 1 or r > min(delta_w.shape):
        raise ValueError("impossible rank")
    matrix = delta_w.double()
    if matrix.shape[0] <= matrix.shape[1]:
        b = torch.linalg.eigh(matrix @ matrix.T).eigenvectors[:, -r:]
        a = b.T @ matrix
    else:
        a = torch.linalg.eigh(matrix.T @ matrix).eigenvectors[:, -r:].T
        b = matrix @ a.T
    return b, a, float(torch.linalg.norm(matrix - b @ a))
