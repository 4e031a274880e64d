# cause: Divides by the square root of the length (mean_sqrt_len_tokens of sentence-transformers) and not by the length.
# function: mean_pool

import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    expanded = mask.unsqueeze(-1).expand(hidden.size()).float()
    sum_embeddings = torch.sum(hidden * expanded, 1)
    sum_mask = torch.clamp(expanded.sum(1), min=1e-9)
    return sum_embeddings / torch.sqrt(sum_mask)
