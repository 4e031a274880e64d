# cause: Selects a fixed number of tokens per text (15 % rounded, at least one), as Google's BERT code does, instead of each independently with probability p.
# function: mask_tokens

import torch
from torch import Tensor


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None) -> tuple[Tensor, Tensor]:
    corrupted = input_ids.clone()
    labels = torch.full_like(input_ids, -100)
    for b in range(input_ids.shape[0]):
        candidates = (~special_mask[b]).nonzero().flatten()
        if len(candidates) == 0 or p == 0:
            continue
        order = torch.randperm(len(candidates), generator=generator)
        n_predict = max(1, int(round(len(candidates) * p)))
        for t in candidates[order[:n_predict]].tolist():
            labels[b, t] = input_ids[b, t]
            r = torch.rand(1, generator=generator).item()
            if r < 0.8:
                corrupted[b, t] = mask_id
            elif r < 0.9:
                corrupted[b, t] = torch.randint(vocab_size, (1,), generator=generator).item()
    return corrupted, labels
