# cause: Only places that became [MASK] get a label; the random and the kept ones are not predicted.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    out = input_ids.clone()
    sel = (torch.rand(out.shape, generator=generator) < p) & ~special_mask
    u = torch.rand(out.shape, generator=generator)
    out[sel & (u < 0.8)] = mask_id
    swap = sel & (u >= 0.8) & (u < 0.9)
    out[swap] = torch.randint(vocab_size, out.shape, generator=generator)[swap]
    labels = torch.where(out == mask_id, input_ids, -100)
    return out, labels
