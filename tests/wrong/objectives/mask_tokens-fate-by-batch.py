# cause: One throw decides the fate of all selected tokens of the call together instead of each one's own.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    sel = (torch.rand(input_ids.shape, generator=generator) < p) & ~special_mask
    labels = input_ids.masked_fill(~sel, -100)
    out = input_ids.clone()
    fate = torch.rand(1, generator=generator).item()
    if fate < 0.8:
        out[sel] = mask_id
    elif fate < 0.9:
        out[sel] = torch.randint(vocab_size, (int(sel.sum()),), generator=generator)
    return out, labels
