# cause: Treats costs that differ by less than a millionth as equal, so a plan that is beaten by a few bytes in a gigabyte stays.
# function: pareto_front
from __future__ import annotations
import math
from collections.abc import Sequence


def _equal(a: float, b: float) -> bool:
    """Compare two costs, robust to floating-point noise."""
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


def _dominates(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether plan a is no worse than plan b in every respect, and better in at least one."""
    no_worse = all(x < y or _equal(x, y) for x, y in zip(a, b))
    better = any(x < y and not _equal(x, y) for x, y in zip(a, b))
    return no_worse and better


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    """Find the plans that no other plan beats."""
    return [
        index
        for index, cost in enumerate(costs)
        if not any(_dominates(other, cost) for position, other in enumerate(costs) if position != index)
    ]
