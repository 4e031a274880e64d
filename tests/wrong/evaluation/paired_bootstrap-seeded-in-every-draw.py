# cause: Seeds a new generator in every draw, so all draws are the same rows
# function: paired_bootstrap
import math
import torch
from torch import Tensor


def rmse(pred: Tensor, target: Tensor) -> float:
    if pred.numel() != target.numel():
        raise ValueError("not the same number of values")
    e = pred.detach().flatten() - target.flatten()
    return math.sqrt((e**2).mean().item())


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    B = len(target)
    diffs = []
    for _ in range(n_draws):
        g = torch.Generator().manual_seed(seed)
        idx = torch.randint(0, B, (B,), generator=g)
        diffs.append(rmse(pred_a[idx], target[idx]) - rmse(pred_b[idx], target[idx]))
    d = torch.tensor(diffs, dtype=torch.float64)
    a = (1 - level) / 2
    return torch.quantile(d, a).item(), torch.quantile(d, 1 - a).item()
