# cause: The labels are copied after the corruption, so a masked place has the label [MASK].
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    ids = input_ids.clone()
    sel = (torch.rand(ids.shape, generator=generator) < p) & ~special_mask
    dice = torch.rand(ids.shape, generator=generator)
    ids[sel & (dice < 0.8)] = mask_id
    rand_tokens = torch.randint(0, vocab_size, ids.shape, generator=generator)
    r = sel & (dice >= 0.8) & (dice < 0.9)
    ids[r] = rand_tokens[r]
    labels = ids.clone()
    labels[~sel] = -100
    return ids, labels
