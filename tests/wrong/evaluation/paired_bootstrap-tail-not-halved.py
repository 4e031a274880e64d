# cause: Cuts off 1 - level at either end instead of half of it, so the interval holds too little
# function: paired_bootstrap
import random


def paired_bootstrap(pred_a, pred_b, target, n_draws=2000, level=0.95, seed=0):
    rng = random.Random(seed)
    a = ((pred_a - target) ** 2).tolist()
    b = ((pred_b - target) ** 2).tolist()
    rows = range(len(a))
    diffs = []
    for _ in range(n_draws):
        pick = rng.choices(rows, k=len(a))
        ra = (sum(a[i] for i in pick) / len(pick)) ** 0.5
        rb = (sum(b[i] for i in pick) / len(pick)) ** 0.5
        diffs.append(ra - rb)
    diffs.sort()
    alpha = 1 - level
    return diffs[int(alpha * (n_draws - 1))], diffs[int(round((1 - alpha) * (n_draws - 1)))]
