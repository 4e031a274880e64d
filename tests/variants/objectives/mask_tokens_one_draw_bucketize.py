"""mask_tokens: one float64 uniform per position falls into one of four intervals (mask, random, keep, not
selected) found with torch.bucketize.
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
    device = input_ids.device if generator is None else generator.device
    uniform = torch.rand(input_ids.shape, generator=generator, dtype=torch.float64, device=device)
    random_ids = torch.randint(vocab_size, input_ids.shape, generator=generator, device=device)
    uniform, random_ids = uniform.to(input_ids.device), random_ids.to(input_ids.device)
    edges = torch.tensor([0.8 * p, 0.9 * p, 1.0 * p], dtype=torch.float64, device=input_ids.device)
    case = torch.bucketize(uniform, edges, right=True)  # 0 mask, 1 random, 2 keep, 3 not selected
    case = case.masked_fill(special_mask.bool(), 3)
    corrupted = torch.where(case == 0, mask_id, torch.where(case == 1, random_ids, input_ids))
    labels = input_ids.masked_fill(case == 3, -100)
    return corrupted, labels
