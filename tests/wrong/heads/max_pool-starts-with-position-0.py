# cause: The running maximum starts with position 0 without looking at the mask.
# function: max_pool
import torch
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    batch_size = hidden.shape[0]
    length = hidden.shape[1]
    maxima = []
    for b in range(batch_size):
        best = hidden[b, 0]
        for t in range(1, length):
            if mask[b, t]:
                best = torch.maximum(best, hidden[b, t])
        maxima.append(best)
    return torch.stack(maxima)
