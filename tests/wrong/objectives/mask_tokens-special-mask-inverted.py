# cause: The special mask is read the wrong way round: only special tokens are selected.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    probs = p * special_mask.float()
    sel = torch.bernoulli(probs, generator=generator).bool()
    labels = input_ids.masked_fill(~sel, -100)
    x = torch.rand(input_ids.shape, generator=generator)
    noise = torch.randint(vocab_size, input_ids.shape, generator=generator)
    out = input_ids.clone()
    out[sel & (x < 0.8)] = mask_id
    to_noise = sel & (x >= 0.8) & (x < 0.9)
    out[to_noise] = noise[to_noise]
    return out, labels
