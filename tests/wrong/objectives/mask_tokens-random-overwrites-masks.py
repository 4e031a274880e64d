# cause: The random tokens are drawn with 10 % independently of the masks and overwrite some of them.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    labels = input_ids.clone()
    out = input_ids.clone()
    prob = torch.full(labels.shape, p)
    prob.masked_fill_(special_mask, 0.0)
    masked = torch.bernoulli(prob, generator=generator).bool()
    labels[~masked] = -100
    replaced = torch.bernoulli(torch.full(labels.shape, 0.8), generator=generator).bool() & masked
    out[replaced] = mask_id
    random_idx = torch.bernoulli(torch.full(labels.shape, 0.1), generator=generator).bool() & masked
    words = torch.randint(vocab_size, labels.shape, generator=generator)
    out[random_idx] = words[random_idx]
    return out, labels
