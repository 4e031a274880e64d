# cause: Slices the first n positions where n is the number of real tokens, as if they always stood side by side on the left
# function: mean_pool
import torch


def mean_pool(hidden, mask):
    lengths = mask.long().sum(dim=1)
    rows = []
    for h, n in zip(hidden, lengths):
        rows.append(h[: max(int(n), 1)].mean(dim=0))
    return torch.stack(rows)
