# cause: The labels are the original ids at every position; those that were not selected are not set to -100.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    labels = input_ids.clone()
    ids = input_ids.clone()
    for b in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            if special_mask[b, t]:
                continue
            if torch.rand(1, generator=generator).item() < p:
                r = torch.rand(1, generator=generator).item()
                if r < 0.8:
                    ids[b, t] = mask_id
                elif r < 0.9:
                    ids[b, t] = torch.randint(vocab_size, (1,), generator=generator).item()
    return ids, labels
