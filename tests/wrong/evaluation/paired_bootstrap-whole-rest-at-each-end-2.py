# cause: Cuts off 1 - level at each end instead of half of it, so the interval holds only 2 * level - 1 of the differences.
# function: paired_bootstrap
import torch
from torch import Tensor


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """An interval for the difference of two RMSEs on the same rows, by the percentile bootstrap."""
    generator = torch.Generator().manual_seed(seed)
    size = len(target)
    squared_a = (pred_a - target).double().square()
    squared_b = (pred_b - target).double().square()
    differences = []
    for _ in range(n_draws):
        rows = torch.randint(size, (size,), generator=generator)
        differences.append(squared_a[rows].mean().sqrt() - squared_b[rows].mean().sqrt())
    all_differences = torch.stack(differences)
    low = torch.quantile(all_differences, 1 - level)
    high = torch.quantile(all_differences, level)
    return low.item(), high.item()
