# cause: Draws the random-token fate with probability 0.1 from what is not masked, as if 0.1 were a share of the rest (10 % of 20 %)
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    ids = input_ids.clone()
    prob = torch.full(ids.shape, p).masked_fill(special_mask, 0.0)
    selected = torch.bernoulli(prob, generator=generator).bool()
    labels = torch.where(selected, input_ids, torch.full_like(input_ids, -100))
    masked = torch.bernoulli(torch.full(ids.shape, 0.8), generator=generator).bool() & selected
    ids[masked] = mask_id
    rand = torch.bernoulli(torch.full(ids.shape, 0.1), generator=generator).bool() & selected & ~masked
    words = torch.randint(vocab_size, ids.shape, generator=generator)
    ids[rand] = words[rand]
    return ids, labels
