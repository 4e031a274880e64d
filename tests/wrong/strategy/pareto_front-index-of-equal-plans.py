# cause: looks up the position of a plan with list.index, which gives the first of several equal plans
# function: pareto_front
from collections.abc import Sequence


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    def beats(a, b):
        return all(x <= y for x, y in zip(a, b, strict=True)) and any(x < y for x, y in zip(a, b, strict=True))

    front = [plan for plan in costs if not any(beats(other, plan) for other in costs)]
    return [costs.index(plan) for plan in front]
