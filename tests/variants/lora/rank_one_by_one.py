"""best_rank_r takes one direction after the other off the rest, by power iteration."""

import torch


def best_rank_r(delta_w, r):
    if r < 1:
        raise ValueError("r is too small")
    if r > delta_w.shape[0] or r > delta_w.shape[1]:
        raise ValueError("r is too large")
    rest, columns, rows = delta_w.double().clone(), [], []
    for _ in range(r):
        row = rest[rest.norm(dim=1).argmax()].clone()
        for _ in range(400):
            row = rest.T @ (rest @ row)
            row = row / row.norm().clamp(min=1e-300)
        column = rest @ row
        rest -= torch.outer(column, row)
        columns.append(column)
        rows.append(row)
    return torch.stack(columns, 1), torch.stack(rows), rest.norm().item()
