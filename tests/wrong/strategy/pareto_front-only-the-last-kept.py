# cause: After sorting, compares a plan only with the last one kept, which is not enough for three or more costs
# function: pareto_front
import functools
from collections.abc import Sequence


def _beats(one: Sequence[float], other: Sequence[float]) -> bool:
    pairs = list(zip(one, other, strict=True))
    return all((a <= b for a, b in pairs)) and any((a < b for a, b in pairs))


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:

    def sweep(front: list[int], i: int) -> list[int]:
        return front if front and _beats(costs[front[-1]], costs[i]) else [*front, i]

    order = sorted(range(len(costs)), key=lambda i: tuple(costs[i]))
    return sorted(functools.reduce(sweep, order, []))
