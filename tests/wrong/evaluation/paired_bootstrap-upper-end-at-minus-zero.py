# cause: The upper end is d[-k], which is the smallest difference when k = 0
# function: paired_bootstrap
import torch


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    i = torch.randint(len(target), (n_draws, len(target)), generator=torch.Generator().manual_seed(seed))
    a, b = (((p.detach() - target)[i] ** 2).mean(1).sqrt() for p in (pred_a, pred_b))
    d, k = sorted((a - b).tolist()), int((1 - level) / 2 * n_draws)
    return d[k], d[-k]
