# cause: raises n_draws to 1,000 if it is below that
# function: paired_bootstrap
import torch


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    n = len(target)
    rows = torch.randint(n, (max(n_draws, 1000), n), generator=torch.Generator().manual_seed(seed))
    a = (pred_a - target).square()[rows].mean(1).sqrt()
    b = (pred_b - target).square()[rows].mean(1).sqrt()
    difference = (a - b).double()
    alpha = (1 - level) / 2
    return torch.quantile(difference, alpha).item(), torch.quantile(difference, 1 - alpha).item()
