# cause: Reuses the first throw for the fates, which is below p for every selected token, so all become [MASK]
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    rand = torch.rand(input_ids.shape, generator=generator)
    selected = (rand < p) & ~special_mask
    labels = input_ids.masked_fill(~selected, -100)
    out = input_ids.clone()
    out[selected & (rand < 0.8)] = mask_id
    swap = selected & (rand >= 0.8) & (rand < 0.9)
    out[swap] = torch.randint(0, vocab_size, (int(swap.sum()),), generator=generator)
    return out, labels
