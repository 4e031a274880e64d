# cause: It asks only whether another plan costs no more in any respect, so two plans with the same costs remove each other.
# function: pareto_front

import torch


def pareto_front(costs):
    n = len(costs)
    if n == 0:
        return []
    c = torch.tensor([[float(v) for v in row] for row in costs], dtype=torch.double)
    no_worse = (c[:, None, :] <= c[None, :, :]).all(-1)
    no_worse &= ~torch.eye(n, dtype=torch.bool)
    beaten = no_worse.any(dim=0)
    return [i for i in range(n) if not beaten[i]]
