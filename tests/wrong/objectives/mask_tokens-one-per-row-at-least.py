# cause: At least one token of each text is selected if p > 0.
# function: mask_tokens
import torch
from torch import Tensor


IGNORED = -100


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    device = input_ids.device
    ordinary = ~special_mask.bool()

    selection_scores = torch.rand(input_ids.shape, generator=generator, device=device)
    selected = (selection_scores < p) & ordinary

    # Make sure that every sequence contributes to the loss.
    if p > 0:
        needs_one = ordinary.any(dim=1) & ~selected.any(dim=1)
        best = selection_scores.masked_fill(~ordinary, 2.0).argmin(dim=1)
        selected[needs_one, best[needs_one]] = True

    labels = torch.where(selected, input_ids, torch.full_like(input_ids, IGNORED))

    action = torch.rand(input_ids.shape, generator=generator, device=device)
    random_ids = torch.randint(0, vocab_size, input_ids.shape, generator=generator, device=device)

    corrupted = input_ids.clone()
    replace_with_mask = selected & (action < 0.8)
    replace_with_random = selected & (action >= 0.8) & (action < 0.9)
    corrupted[replace_with_mask] = mask_id
    corrupted[replace_with_random] = random_ids[replace_with_random]
    return corrupted, labels
