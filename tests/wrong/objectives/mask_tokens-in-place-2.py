# cause: Writes the [MASK] and random ids into the caller's input_ids.
# function: mask_tokens

import torch
from torch import Tensor


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None) -> tuple[Tensor, Tensor]:
    labels = input_ids.clone()
    prob = torch.full(input_ids.shape, float(p)).masked_fill(special_mask, 0.0)
    selected = torch.bernoulli(prob, generator=generator).bool()
    labels[~selected] = -100
    u = torch.rand(input_ids.shape, generator=generator)
    input_ids[selected & (u < 0.8)] = mask_id
    replace = selected & (u >= 0.8) & (u < 0.9)
    input_ids[replace] = torch.randint(vocab_size, input_ids.shape, generator=generator)[replace]
    return input_ids, labels
