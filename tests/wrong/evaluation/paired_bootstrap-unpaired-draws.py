# cause: Draws the rows for the two models separately, so the figures are not computed on the same rows
# function: paired_bootstrap
import torch


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    g = torch.Generator().manual_seed(seed)
    B = len(target)
    ia = torch.randint(B, (n_draws, B), generator=g)
    ib = torch.randint(B, (n_draws, B), generator=g)
    ea, eb = (pred_a - target) ** 2, (pred_b - target) ** 2
    diff = ea[ia].mean(1).sqrt() - eb[ib].mean(1).sqrt()
    tail = (1 - level) / 2
    return torch.quantile(diff, tail).item(), torch.quantile(diff, 1 - tail).item()
