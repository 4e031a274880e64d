"""paired_bootstrap: draws how often each row occurs (a multinomial) instead of the rows, and gets all errors by
one matrix product.
"""

import numpy as np
from torch import Tensor


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    a, b, truth = (tensor.detach().double().flatten().cpu().numpy() for tensor in (pred_a, pred_b, target))
    size = len(truth)
    often = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=n_draws)
    squares = np.stack([a - truth, b - truth], axis=1) ** 2
    figures = np.sqrt(often @ squares / size)
    cut = 50 * (1 - level)
    low, high = np.percentile(figures[:, 0] - figures[:, 1], [cut, 100 - cut])
    return float(low), float(high)
