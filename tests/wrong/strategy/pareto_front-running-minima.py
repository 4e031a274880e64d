# cause: Compares each plan with the running minima of all plans before it, which mixes different plans: with three or more costs, plans that no single plan beats are dropped.
# function: pareto_front
from collections.abc import Sequence
import numpy as np


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    if len(costs) == 0:
        return []
    # O(n log n): lexicographic sort (np.unique does it), then running minima over the remaining columns
    u, inv = np.unique(np.asarray(costs), axis=0, return_inverse=True)
    best = np.minimum.accumulate(u[:, 1:], axis=0)
    keep = np.ones(len(u), dtype=bool)
    keep[1:] = (u[1:, 1:] < best[:-1]).any(1)
    return np.flatnonzero(keep[inv.reshape(-1)]).tolist()
