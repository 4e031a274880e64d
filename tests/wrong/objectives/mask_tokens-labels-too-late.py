# cause: The labels are copied from the text after it has been corrupted, so they say [MASK] where the original id should stand.
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
    ids = input_ids.clone()
    prob = torch.full(ids.shape, p).masked_fill(special_mask, 0.0)
    chosen = torch.bernoulli(prob, generator=generator).bool()
    dice = torch.rand(ids.shape, generator=generator)
    ids = ids.masked_fill(chosen & (dice < 0.8), mask_id)
    random_ids = torch.randint(0, vocab_size, ids.shape, generator=generator)
    ids = torch.where(chosen & (dice >= 0.8) & (dice < 0.9), random_ids, ids)
    labels = ids.clone()
    labels[~chosen] = -100
    return ids, labels
