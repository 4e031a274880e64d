# cause: The caller's input_ids are changed in place.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    labels = input_ids.clone()
    selected = torch.rand(labels.shape, generator=generator) < p
    selected &= ~special_mask
    labels[~selected] = -100
    fate = torch.rand(labels.shape, generator=generator)
    input_ids[selected & (fate < 0.8)] = mask_id
    where = selected & (fate > 0.9)
    input_ids[where] = torch.randint(vocab_size, labels.shape, generator=generator)[where]
    return input_ids, labels
