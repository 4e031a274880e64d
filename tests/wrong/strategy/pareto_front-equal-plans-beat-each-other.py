# cause: A plan is beaten by any other one that costs no more in any respect, so two plans with the same costs remove each other.
# function: pareto_front
from collections.abc import Sequence


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    """Find the plans that no other plan beats."""
    front = []
    for i, mine in enumerate(costs):
        beaten = any(j != i and all(theirs <= own for theirs, own in zip(other, mine)) for j, other in enumerate(costs))
        if not beaten:
            front.append(i)
    return front
