"""mask_tokens with the conditions multiplied as integers, and int32 arithmetic that comes back as int64 at the end."""

import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    shape = input_ids.shape
    pick = (torch.empty(shape).uniform_(generator=generator) < p).int() * (1 - special_mask.int())
    tenth = torch.randint(10, shape, generator=generator)
    mask, stranger = pick * (tenth < 8).int(), pick * (tenth == 8).int()
    strangers = torch.randint(vocab_size, shape, generator=generator, dtype=torch.int32)
    corrupted = input_ids.int() * (1 - mask) * (1 - stranger) + mask * mask_id + stranger * strangers
    labels = input_ids.int() * pick + (1 - pick) * -100
    return corrupted.long(), labels.long()
