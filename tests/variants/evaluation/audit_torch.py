"""Tensors in float64, and a comprehension."""

import torch


def audit_log(rows):
    n = torch.tensor([0] + [row[0] for row in rows], dtype=torch.float64)
    sums = torch.tensor([[0.0, 0.0]] + [[row[1], row[2]] for row in rows], dtype=torch.float64) * n[:, None]
    grown, new = sums.diff(dim=0), n.diff()
    slack = (n[1:] + n[:-1]) * 5e-5 + 1e-7
    wrong = (grown < -slack[:, None]).any(1) | (grown[:, 1] > new + slack)
    return [place for place in range(len(rows)) if wrong[place]]
