"""Python's own dice and the function of this file; the ends are picked from the sorted differences."""

import random

import torch


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    dice = random.Random(seed)
    n = len(target)
    differences = []
    for _ in range(n_draws):
        rows = torch.tensor(dice.choices(range(n), k=n))
        differences.append(rmse(pred_a[rows], target[rows]) - rmse(pred_b[rows], target[rows]))  # noqa: F821
    differences.sort()
    cut = int(n_draws * (1 - level) / 2)
    return [differences[cut], differences[n_draws - 1 - cut]]
