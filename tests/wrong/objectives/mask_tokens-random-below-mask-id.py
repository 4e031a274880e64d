# cause: The random tokens are drawn below mask_id instead of below vocab_size.
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
    sel = torch.rand(input_ids.shape, generator=generator) < p
    sel = sel & ~special_mask
    labels = input_ids.clone()
    labels[~sel] = IGNORED

    r = torch.rand(input_ids.shape, generator=generator)
    rand_ids = torch.randint(mask_id, input_ids.shape, generator=generator)
    out = input_ids.clone()
    out = torch.where(sel & (r < 0.8), mask_id, out)
    out = torch.where(sel & (r > 0.9), rand_ids, out)
    return out, labels
