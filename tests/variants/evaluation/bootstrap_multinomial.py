"""How often each row is drawn, as weights; the global generator is seeded; tensors come back."""

import torch


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    torch.manual_seed(seed)
    n = target.shape[0]
    drawn = torch.multinomial(torch.ones(n_draws, n), n, replacement=True)
    weights = torch.zeros(n_draws, n).scatter_add_(1, drawn, torch.ones(n_draws, n)) / n
    a, b = torch.sqrt(weights @ (pred_a - target) ** 2), torch.sqrt(weights @ (pred_b - target) ** 2)
    rest = 1 - level
    return torch.quantile(a - b, rest / 2), torch.quantile(a - b, 1 - rest / 2)
