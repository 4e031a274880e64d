# cause: the draws are right, but the interval is mean plus or minus z standard deviations (the normal bootstrap) instead of two percentiles
# function: paired_bootstrap
from statistics import NormalDist

import torch
from torch import Tensor


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    generator = torch.Generator().manual_seed(seed)
    size = len(target)
    error_a = (pred_a.detach().double() - target.double()).square()
    error_b = (pred_b.detach().double() - target.double()).square()
    differences = torch.empty(n_draws, dtype=torch.float64)
    for draw in range(n_draws):
        rows = torch.randint(size, (size,), generator=generator)
        differences[draw] = error_a[rows].mean().sqrt() - error_b[rows].mean().sqrt()
    centre = differences.mean().item()
    half = NormalDist().inv_cdf((1 + level) / 2) * differences.std(unbiased=False).item()
    return centre - half, centre + half
