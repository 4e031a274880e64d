# cause: The first n positions are averaged, n being the number of real tokens, which is wrong where they do not stand side by side at the start.
# function: mean_pool
import torch


def mean_pool(hidden, mask):
    pooled = []
    for h, m in zip(hidden, mask):
        n = int(m.sum())
        pooled.append(h[:n].mean(dim=0) if n else torch.zeros_like(h[0]))
    return torch.stack(pooled)
