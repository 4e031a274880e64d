# cause: In each row a fixed number of tokens is selected instead of each token independently with probability p.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    selected = torch.zeros_like(special_mask)
    for b in range(input_ids.size(0)):
        candidates = (~special_mask[b]).nonzero().squeeze(1)
        n = round(p * len(candidates))
        order = torch.randperm(len(candidates), generator=generator)[:n]
        selected[b, candidates[order]] = True
    labels = input_ids.masked_fill(~selected, -100)
    u = torch.rand(input_ids.shape, generator=generator)
    out = input_ids.masked_fill(selected & (u < 0.8), mask_id)
    r = selected & (u >= 0.8) & (u < 0.9)
    out[r] = torch.randint(vocab_size, (int(r.sum()),), generator=generator)
    return out, labels
