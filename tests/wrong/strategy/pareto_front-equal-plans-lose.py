# cause: optimised too early: sorts and compares with the front alone, with "no more in any respect" as the whole test, so of two equal plans only the first one stays
# function: pareto_front
from collections.abc import Sequence


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    order = sorted(range(len(costs)), key=lambda i: tuple(costs[i]))
    front: list[int] = []
    for i in order:  # whoever beats a plan comes before it
        if not any(all(a <= b for a, b in zip(costs[j], costs[i])) for j in front):
            front.append(i)
    return sorted(front)
