# cause: Draws a permutation of the rows, without replacement, so every draw gives the same difference and the interval has no width
# function: paired_bootstrap
import torch


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    generator = torch.Generator()
    generator.manual_seed(seed)
    n = target.shape[0]
    diffs = torch.empty(n_draws)
    for d in range(n_draws):
        idx = torch.randperm(n, generator=generator)
        rmse_a = ((pred_a[idx] - target[idx]) ** 2).mean().sqrt()
        rmse_b = ((pred_b[idx] - target[idx]) ** 2).mean().sqrt()
        diffs[d] = rmse_a - rmse_b
    low, high = torch.quantile(diffs, torch.tensor([(1 - level) / 2, (1 + level) / 2]))
    return low.item(), high.item()
