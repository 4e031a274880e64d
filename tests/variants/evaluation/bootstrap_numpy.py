"""numpy, one draw at a time."""

import numpy as np


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    rng = np.random.default_rng(seed)
    error_a = (pred_a - target).numpy().astype(float) ** 2
    error_b = (pred_b - target).numpy().astype(float) ** 2
    found = []
    for _ in range(n_draws):
        rows = rng.integers(0, len(target), len(target))
        found.append(np.sqrt(error_a[rows].mean()) - np.sqrt(error_b[rows].mean()))
    return np.percentile(found, [50 * (1 - level), 50 * (1 + level)])
