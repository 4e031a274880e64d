"""mask_tokens with a single throw per token and the thresholds 0.8 p, 0.9 p and p."""

import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    u = torch.rand(input_ids.shape, generator=generator).masked_fill(special_mask, 2.0)
    chosen = u < p
    strangers = torch.randint(0, vocab_size, input_ids.shape, generator=generator)
    corrupted = torch.where(u < 0.8 * p, torch.full_like(input_ids, mask_id), input_ids)
    corrupted = torch.where((0.8 * p <= u) & (u < 0.9 * p), strangers, corrupted)
    return corrupted, torch.where(chosen, input_ids, torch.full_like(input_ids, -100))
