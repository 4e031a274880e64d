# cause: Every selected token becomes [MASK]; the random and the kept ones are missing.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    rand = torch.rand(input_ids.shape, generator=generator)
    mask_arr = (rand < p) * (special_mask == False)  # noqa: E712
    labels = input_ids.clone()
    labels[~mask_arr] = -100
    ids = input_ids.clone()
    ids[mask_arr] = mask_id
    return ids, labels
