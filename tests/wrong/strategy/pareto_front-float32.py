# cause: Costs are compared in float32, so plans that differ only beyond 7 digits (such as bytes 2_000_000_000 and 2_000_000_001) are taken for equal.
# function: pareto_front
from collections.abc import Sequence
import torch


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    if len(costs) == 0:
        return []
    c = torch.stack([torch.tensor([float(x) for x in cost]) for cost in costs])  # (n, k)
    no_more = (c[:, None] <= c[None]).all(dim=2)  # [i, j]: i costs no more than j
    less = (c[:, None] < c[None]).any(dim=2)
    beaten = (no_more & less).any(dim=0)
    return torch.nonzero(~beaten).flatten().tolist()
