# cause: The whole rest 1 - level is cut off at each end instead of half of it.
# function: paired_bootstrap

import torch


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    g = torch.Generator().manual_seed(seed)
    B = len(target)
    idx = torch.randint(B, (n_draws, B), generator=g)
    ea = (pred_a.detach().flatten() - target).double() ** 2
    eb = (pred_b.detach().flatten() - target).double() ** 2
    diff = ea[idx].mean(1).sqrt() - eb[idx].mean(1).sqrt()
    alpha = 1 - level
    low, high = torch.quantile(diff, torch.tensor([alpha, 1 - alpha], dtype=diff.dtype)).tolist()
    return low, high
