# cause: The number of real tokens is counted and the first so many positions are averaged, although the real tokens need not be adjacent.
# function: mean_pool

import torch


def mean_pool(hidden, mask):
    rows = []
    for states, m in zip(hidden, mask):
        n = max(int(m.sum()), 1)
        rows.append(states[:n].mean(dim=0))
    return torch.stack(rows)
