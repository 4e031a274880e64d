# cause: A fixed number of tokens is drawn from each text, instead of each token being selected independently with probability p.
# function: mask_tokens

import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    B, T = input_ids.shape
    selected = torch.zeros(B, T, dtype=torch.bool)
    for b in range(B):
        candidates = (~special_mask[b]).nonzero().flatten()
        order = torch.randperm(len(candidates), generator=generator)
        n = round(p * len(candidates))
        selected[b, candidates[order[:n]]] = True

    labels = torch.full_like(input_ids, -100)
    labels[selected] = input_ids[selected]

    u = torch.rand(B, T, generator=generator)
    random_ids = torch.randint(0, vocab_size, (B, T), generator=generator)
    corrupted = input_ids.clone()
    corrupted[selected & (u < 0.8)] = mask_id
    swap = selected & (u >= 0.8) & (u < 0.9)
    corrupted[swap] = random_ids[swap]
    return corrupted, labels
