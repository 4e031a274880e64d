# cause: Takes the first mask.sum() positions of a text, as if the real tokens always stood on the left side by side.
# function: mean_pool

import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    rows = []
    for states, row_mask in zip(hidden, mask):
        length = max(int(row_mask.sum()), 1)
        rows.append(states[:length].mean(dim=0))
    return torch.stack(rows)
