"""mask_tokens: one uniform number per token decides both at once; it is looked up among three borders, and
gather picks the id.
"""

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
    shape, device = input_ids.shape, input_ids.device
    luck = torch.rand(shape, generator=generator, dtype=torch.float64, device=device)
    borders = torch.tensor([0.8 * p, 0.9 * p, p], dtype=torch.float64, device=device)
    case = torch.bucketize(luck, borders, right=True)
    case = torch.where(special_mask.bool(), 3, case)
    other = torch.randint(vocab_size, shape, generator=generator, device=device)
    choices = torch.stack([torch.full_like(input_ids, mask_id), other, input_ids, input_ids])
    corrupted = choices.gather(0, case[None]).squeeze(0)
    return corrupted, torch.where(case == 3, -100, input_ids)
