# cause: randint gets vocab_size - 1 as its upper end, as if that were inclusive, so the last id of the vocabulary is never drawn.
# function: mask_tokens
import torch
from torch import Tensor


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    shape = input_ids.shape
    selected = (torch.rand(shape, generator=generator) < p) & ~special_mask
    labels = input_ids.masked_fill(~selected, -100)
    case = torch.rand(shape, generator=generator)
    random_ids = torch.randint(0, vocab_size - 1, shape, generator=generator)
    corrupted = input_ids.masked_fill(selected & (case < 0.8), mask_id)
    corrupted = torch.where(selected & (case >= 0.8) & (case < 0.9), random_ids, corrupted)
    return corrupted, labels
