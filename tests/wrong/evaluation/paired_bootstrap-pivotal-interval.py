# cause: reflects the quantiles at the observed difference (the basic, or pivotal, bootstrap) instead of returning the percentiles
# function: paired_bootstrap
import torch
from torch import Tensor


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    generator = torch.Generator().manual_seed(seed)
    square_a = (pred_a.detach().double() - target.double()).square()
    square_b = (pred_b.detach().double() - target.double()).square()
    observed = square_a.mean().sqrt() - square_b.mean().sqrt()
    differences = []
    for _ in range(n_draws):
        rows = torch.randint(len(target), (len(target),), generator=generator)
        differences.append(square_a[rows].mean().sqrt() - square_b[rows].mean().sqrt())
    tail = (1 - level) / 2
    ends = torch.tensor([tail, 1 - tail], dtype=torch.double)
    low, high = torch.quantile(torch.stack(differences), ends)
    return (2 * observed - high).item(), (2 * observed - low).item()
