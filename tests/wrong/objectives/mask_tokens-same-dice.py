# cause: Uses the same random numbers for the selection and for the fate, so everything selected (below 0.15) is also below 0.8 and becomes [MASK].
# function: mask_tokens

import torch
from torch import Tensor


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None) -> tuple[Tensor, Tensor]:
    dice = torch.rand(input_ids.shape, generator=generator)
    selected = (dice < p) & ~special_mask
    labels = torch.full_like(input_ids, -100)
    labels[selected] = input_ids[selected]
    out = input_ids.clone()
    out[selected & (dice < 0.8)] = mask_id
    to_random = selected & (dice >= 0.8) & (dice < 0.9)
    out[to_random] = torch.randint(vocab_size, (int(to_random.sum()),), generator=generator)
    return out, labels
