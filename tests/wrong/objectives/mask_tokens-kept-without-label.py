# cause: Takes the label away from the tokens that stay as they are, since nothing is hidden there
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    selected = (torch.rand(input_ids.shape, generator=generator) < p) & ~special_mask
    fate = torch.rand(input_ids.shape, generator=generator)
    random_ids = torch.randint(vocab_size, input_ids.shape, generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), torch.tensor(mask_id), input_ids)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), random_ids, corrupted)
    labels = torch.where(selected & (fate < 0.9), input_ids, torch.tensor(-100))
    return corrupted, labels
