# cause: The special mask is ignored, so [CLS], [SEP] and [PAD] are selected and changed as well.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    chosen = torch.rand(input_ids.shape, generator=generator) < p
    labels = torch.where(chosen, input_ids, torch.full_like(input_ids, -100))
    x = torch.rand(input_ids.shape, generator=generator)
    noise = torch.randint(vocab_size, input_ids.shape, generator=generator)
    out = torch.where(chosen & (x < 0.8), torch.full_like(input_ids, mask_id), input_ids)
    out = torch.where(chosen & (x >= 0.8) & (x < 0.9), noise, out)
    return out, labels
