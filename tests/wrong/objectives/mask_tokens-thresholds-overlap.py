# cause: The random fate is "throw below 0.9" without leaving out the throws below 0.8, so it overwrites every [MASK] again.
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
    selected = (torch.rand(input_ids.shape, generator=generator) < p) & ~special_mask
    labels = torch.where(selected, input_ids, torch.full_like(input_ids, -100))
    fate = torch.rand(input_ids.shape, generator=generator)
    noise = torch.randint(vocab_size, input_ids.shape, generator=generator)
    corrupted = input_ids.clone()
    corrupted[selected & (fate < 0.8)] = mask_id
    swap = selected & (fate < 0.9)
    corrupted[swap] = noise[swap]
    return corrupted, labels
