# cause: Each draw samples B/2 rows
# function: paired_bootstrap
import numpy as np
from torch import Tensor


def check_random_state(seed):
    return np.random.RandomState(seed)


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    rng = check_random_state(seed)
    gold = target.detach().cpu().numpy().astype(np.float64)
    sys1 = pred_a.detach().cpu().numpy().astype(np.float64)
    sys2 = pred_b.detach().cpu().numpy().astype(np.float64)
    sample_ratio = 0.5

    def eval_measure(g, s):
        return np.sqrt(np.mean((s - g) ** 2))

    diffs = []
    n = len(gold)
    ids = list(range(n))
    for _ in range(n_draws):
        reduced_ids = rng.choice(ids, max(1, int(len(ids) * sample_ratio)), replace=True)
        reduced_gold = gold[reduced_ids]
        diffs.append(eval_measure(reduced_gold, sys1[reduced_ids]) - eval_measure(reduced_gold, sys2[reduced_ids]))
    alpha = 1 - level
    low, high = np.percentile(diffs, [100 * alpha / 2, 100 * (1 - alpha / 2)])
    return float(low), float(high)
