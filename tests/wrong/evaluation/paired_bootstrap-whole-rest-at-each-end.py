# cause: takes the quantiles 1 - level and level, which cuts the whole rest off at each end instead of half of it
# function: paired_bootstrap
import torch
from torch import Tensor


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    generator = torch.Generator().manual_seed(seed)
    squares_a, squares_b = (pred_a - target).double().square(), (pred_b - target).double().square()
    rows = torch.randint(len(target), (n_draws, len(target)), generator=generator)
    differences = squares_a[rows].mean(1).sqrt() - squares_b[rows].mean(1).sqrt()
    return differences.quantile(1 - level).item(), differences.quantile(level).item()
