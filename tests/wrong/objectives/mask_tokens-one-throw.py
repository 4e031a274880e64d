# cause: One random number decides both selection and fate, so every selected token (u < p < 0.8) becomes [MASK].
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    u = torch.rand(input_ids.shape, generator=generator)
    selected = (u < p) & ~special_mask
    labels = torch.where(selected, input_ids, -100)
    corrupted = input_ids.clone()
    corrupted[selected & (u < 0.8)] = mask_id
    rnd = selected & (u >= 0.8) & (u < 0.9)
    corrupted[rnd] = torch.randint(vocab_size, (int(rnd.sum()),), generator=generator)
    return corrupted, labels
