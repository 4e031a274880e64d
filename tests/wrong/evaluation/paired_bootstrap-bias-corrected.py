# cause: Returns Efron's bias-corrected percentiles
# function: paired_bootstrap
from statistics import NormalDist
import torch
from torch import Tensor


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    y = target.detach().double()
    sq = torch.stack([(p.detach().double() - y) ** 2 for p in (pred_a, pred_b)])  # (2, B)

    def theta(rows: Tensor) -> Tensor:
        r = sq[:, rows].mean(-1).sqrt()
        return r[0] - r[1]

    g = torch.Generator().manual_seed(seed)
    b = y.numel()
    estimate = theta(torch.arange(b))
    draws = torch.stack([theta(torch.randint(b, (b,), generator=g)) for _ in range(n_draws)])

    # Efron 1987: percentiles, corrected for the median bias of the estimator
    phi = NormalDist()
    share = ((draws < estimate).double() + 0.5 * (draws == estimate).double()).mean().item()
    z0 = phi.inv_cdf(min(max(share, 1e-6), 1 - 1e-6))
    z = phi.inv_cdf(min(max((1 + level) / 2, 1e-9), 1 - 1e-9))
    low, high = (torch.quantile(draws, phi.cdf(2 * z0 + s * z)).item() for s in (-1, 1))
    return low, high
