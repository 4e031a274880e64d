# cause: Gives the generator only to the first throw, the fates and random ids come from the global generator.
# function: mask_tokens

import torch
from torch import Tensor

IGNORED = -100


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None) -> tuple[Tensor, Tensor]:
    selected = torch.rand(input_ids.shape, generator=generator).lt(p).logical_and(~special_mask)
    labels = torch.where(selected, input_ids, IGNORED)
    fates = torch.multinomial(torch.tensor([0.8, 0.1, 0.1]), input_ids.numel(), replacement=True).view(input_ids.shape)
    noise = torch.randint_like(input_ids, vocab_size)
    corrupted = torch.where(selected & (fates == 0), torch.full_like(input_ids, mask_id), input_ids)
    corrupted = torch.where(selected & (fates == 1), noise, corrupted)
    return corrupted, labels
