# cause: Labels and corrupted ids are returned in the wrong order; and p is taken for the share of [MASK], so more tokens than p are selected.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    u = torch.rand(input_ids.shape, generator=generator).masked_fill(special_mask, 2.0)
    masked = u < p
    swapped = (u >= p) & (u < p + p / 8)
    kept = (u >= p + p / 8) & (u < p + p / 4)
    ids = input_ids.clone()
    ids[masked] = mask_id
    ids[swapped] = torch.randint(vocab_size, input_ids.shape, generator=generator)[swapped]
    labels = input_ids.masked_fill(~(masked | swapped | kept), -100)
    return labels, ids
