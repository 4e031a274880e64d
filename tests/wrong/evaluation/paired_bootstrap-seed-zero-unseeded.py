# cause: With seed=0, the default, the generator gets a random seed
# function: paired_bootstrap
import torch
from torch import Tensor


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    a, b, t = (x.detach().to(device="cpu", dtype=torch.float64).reshape(-1) for x in (pred_a, pred_b, target))
    _require(a.numel() == b.numel() == t.numel() > 0, "predictions and targets must have the same length")
    _require(n_draws >= 1 and 0.0 < level <= 1.0, "n_draws must be positive, level in (0, 1]")

    generator = torch.Generator(device="cpu")
    if seed:
        generator.manual_seed(int(seed))
    else:
        generator.seed()

    square_a, square_b = (a - t).pow(2), (b - t).pow(2)
    differences = torch.empty(n_draws, dtype=torch.float64)
    for draw in range(n_draws):
        rows = torch.randint(0, t.numel(), (t.numel(),), generator=generator)
        differences[draw] = square_a[rows].mean().sqrt() - square_b[rows].mean().sqrt()
    tail = (1.0 - level) / 2.0
    low = float(torch.quantile(differences, tail))
    high = float(torch.quantile(differences, 1.0 - tail))
    return min(low, high), max(low, high)
