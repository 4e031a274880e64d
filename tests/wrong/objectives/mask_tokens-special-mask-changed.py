# cause: Marks what is not selected in the caller's own special_mask, in place.
# function: mask_tokens
import torch

IGNORED = -100


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    def throw():
        return torch.rand(input_ids.shape, generator=generator, device=input_ids.device)

    special_mask |= throw() >= p
    selected = ~special_mask
    labels = input_ids.masked_fill(~selected, IGNORED)

    fate = throw()  # a separate draw: among the selected, the first one is always below p
    masked = selected & (fate < 0.8)
    replaced = selected & (fate >= 0.8) & (fate < 0.9)
    replacements = torch.randint(vocab_size, input_ids.shape, generator=generator, device=input_ids.device)

    corrupted = input_ids.masked_fill(masked, mask_id)
    corrupted = torch.where(replaced, replacements, corrupted)
    return corrupted, labels
