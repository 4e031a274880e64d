# cause: The RMSEs of a and b are computed on different draws of rows, so the interval is not paired.
# function: paired_bootstrap
import random
from torch import Tensor


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Compute an interval for the difference between two RMSEs on the same rows, by the percentile bootstrap."""
    a, b, y = pred_a.tolist(), pred_b.tolist(), target.tolist()
    r = random.Random(seed)

    def draw(pred):
        rows = r.choices(range(len(y)), k=len(y))
        return (sum((pred[i] - y[i]) ** 2 for i in rows) / len(rows)) ** 0.5

    d = sorted(draw(a) - draw(b) for _ in range(n_draws))
    k = int(n_draws * (1 - level) / 2)
    return d[k], d[-1 - k]
