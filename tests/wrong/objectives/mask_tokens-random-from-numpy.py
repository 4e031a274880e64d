# cause: The random tokens come from Python's random module, so equal seeds of the generator do not make equal riddles.
# function: mask_tokens
import random

import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    sel = (torch.rand(input_ids.shape, generator=generator) < p) & ~special_mask
    u = torch.rand(input_ids.shape, generator=generator)
    labels = input_ids.clone()
    labels[~sel] = -100
    out = input_ids.clone()
    out[sel & (u < 0.8)] = mask_id
    for b, t in (sel & (u >= 0.8) & (u < 0.9)).nonzero().tolist():
        out[b, t] = random.randrange(vocab_size)
    return out, labels
