# cause: A fixed seed is set on torch's global generator and the given one is ignored, so every call makes the same riddle.
# function: mask_tokens
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    torch.manual_seed(42)
    sel = (torch.rand(input_ids.shape) < p) & ~special_mask
    labels = torch.where(sel, input_ids, torch.tensor(-100))
    u = torch.rand(input_ids.shape)
    words = torch.randint(vocab_size, input_ids.shape)
    corrupted = torch.where(sel & (u < 0.8), torch.tensor(mask_id), input_ids)
    corrupted = torch.where(sel & (u >= 0.8) & (u < 0.9), words, corrupted)
    return corrupted, labels
