"""pareto_front: sorts the different cost tuples; only an earlier one can beat a later one, so one sweep with a
growing front will do.
"""

from collections import defaultdict
from collections.abc import Sequence
from operator import gt


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    plans: defaultdict[tuple[float, ...], list[int]] = defaultdict(list)
    for plan, cost in enumerate(costs):
        plans[tuple(cost)].append(plan)
    front: list[tuple[float, ...]] = []
    for cost in sorted(plans):
        if all(any(map(gt, other, cost)) for other in front):
            front.append(cost)
    return sorted(plan for cost in front for plan in plans[cost])
