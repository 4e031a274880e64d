# cause: Forgets to restrict the random replacement to selected tokens, so a tenth of the unselected ordinary tokens is changed too, unlabelled.
# function: mask_tokens

import torch
from torch import Tensor


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None) -> tuple[Tensor, Tensor]:
    ordinary = ~special_mask
    select = (torch.rand(input_ids.shape, generator=generator) < p) & ordinary
    labels = input_ids.clone()
    labels[~select] = -100
    dice = torch.rand(input_ids.shape, generator=generator)
    corrupted = input_ids.clone()
    corrupted[select & (dice < 0.8)] = mask_id
    use_random = ordinary & (dice >= 0.8) & (dice < 0.9)
    random_tokens = torch.randint(0, vocab_size, input_ids.shape, generator=generator)
    corrupted[use_random] = random_tokens[use_random]
    return corrupted, labels
