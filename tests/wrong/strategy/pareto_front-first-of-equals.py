# cause: of several plans with exactly the same costs only the first is kept, although they do not beat each other
# function: pareto_front
from collections.abc import Sequence


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    def beats(a, b):
        return all(x <= y for x, y in zip(a, b)) and any(x < y for x, y in zip(a, b))

    front = []
    seen = set()
    for i, mine in enumerate(costs):
        key = tuple(mine)
        if key in seen:
            continue
        seen.add(key)
        if not any(beats(other, mine) for other in costs):
            front.append(i)
    return front
