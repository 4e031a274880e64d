# cause: Gives labels only where the id has changed, so the selected tokens that stay as they are are not predicted.
# function: mask_tokens

import torch
from torch import Tensor


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None) -> tuple[Tensor, Tensor]:
    selected = (torch.rand(input_ids.shape, generator=generator) < p) & ~special_mask
    fate = torch.rand(input_ids.shape, generator=generator)
    noise = torch.randint(0, vocab_size, input_ids.shape, generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), mask_id, input_ids)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), noise, corrupted)
    labels = torch.where(corrupted != input_ids, input_ids, -100)
    return corrupted, labels
