# cause: The mean is taken over axis 0 (the draws) instead of the rows of a draw, so there are B differences, each over n_draws random errors.
# function: paired_bootstrap
import numpy as np


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    rng = np.random.default_rng(seed)
    a, b, t = (x.detach().cpu().numpy().astype(np.float64).ravel() for x in (pred_a, pred_b, target))
    square_a, square_b = (a - t) ** 2, (b - t) ** 2
    drawn = rng.integers(0, len(t), size=(n_draws, len(t)))
    differences = np.sqrt(square_a[drawn].mean(axis=0)) - np.sqrt(square_b[drawn].mean(axis=0))
    low, high = np.quantile(differences, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
