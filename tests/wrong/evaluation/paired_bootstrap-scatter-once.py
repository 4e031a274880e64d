# cause: scatter_ writes a 1 for a row however often it was drawn, so repeated rows count once
# function: paired_bootstrap
import torch
from torch import Tensor


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    sq = torch.stack((pred_a, pred_b)).detach().double().sub_(target.double()).square_()  # (2, B)
    b = sq.shape[1]
    g = torch.Generator().manual_seed(seed)
    idx = torch.randint(b, (n_draws, b), generator=g)

    # all draws as one matrix product instead of a gather of 2 * n_draws * B values
    w = torch.zeros(n_draws, b, dtype=torch.double).scatter_(1, idx, 1.0)
    w /= w.sum(1, keepdim=True)
    ra, rb = (w @ sq.cpu().T).sqrt_().unbind(1)
    tail = (1 - level) / 2
    lo, hi = torch.quantile(ra - rb, torch.tensor([tail, 1 - tail], dtype=torch.double)).tolist()
    return lo, hi
