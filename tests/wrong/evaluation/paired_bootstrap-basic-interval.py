# cause: It returns the basic (reverse percentile) interval, twice the observed difference minus the quantiles, instead of the quantiles themselves.
# function: paired_bootstrap

import numpy as np


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    a = pred_a.detach().double().numpy()
    b = pred_b.detach().double().numpy()
    y = target.detach().double().numpy()
    rng = np.random.default_rng(seed)

    def rmse(p, t):
        return np.sqrt(np.mean((p - t) ** 2))

    observed = rmse(a, y) - rmse(b, y)
    diffs = np.empty(n_draws)
    for d in range(n_draws):
        rows = rng.integers(0, len(y), size=len(y))
        diffs[d] = rmse(a[rows], y[rows]) - rmse(b[rows], y[rows])
    tail = (1 - level) / 2
    q_low, q_high = np.quantile(diffs, [tail, 1 - tail])
    return float(2 * observed - q_high), float(2 * observed - q_low)
