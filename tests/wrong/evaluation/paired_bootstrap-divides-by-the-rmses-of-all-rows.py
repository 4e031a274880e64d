# cause: Divides the difference of the mean squares by the sum of the RMSEs of all rows instead of the drawn ones
# function: paired_bootstrap
import torch
from torch import Tensor


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    generator = torch.Generator().manual_seed(seed)
    a2, b2 = ((p.detach().double().reshape(-1) - target.detach().double().reshape(-1)) ** 2 for p in (pred_a, pred_b))
    n = a2.numel()
    u = a2 - b2
    s = a2.mean().sqrt() + b2.mean().sqrt()
    if s == 0:
        return 0.0, 0.0
    rows = torch.randint(n, (n_draws, n), generator=generator)
    differences = u[rows].mean(dim=1) / s
    half = (1 - level) / 2
    low, high = torch.quantile(differences, torch.tensor([half, 1 - half], dtype=torch.float64))
    return low.item(), high.item()
