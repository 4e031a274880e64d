# cause: Keeps the special tokens from being changed but selects and labels them like the others.
# function: mask_tokens

import torch
from torch import Tensor


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    chosen = torch.rand(input_ids.shape, generator=generator) < p
    labels = input_ids.masked_fill(~chosen, -100)
    second = torch.rand(input_ids.shape, generator=generator)
    random_ids = torch.randint(0, vocab_size, input_ids.shape, generator=generator)
    may_change = chosen & ~special_mask
    corrupted = input_ids.clone()
    corrupted[may_change & (second < 0.8)] = mask_id
    swap = may_change & (second >= 0.9)
    corrupted[swap] = random_ids[swap]
    return corrupted, labels
