# cause: The dice for the selection are thrown once for the T positions and shared by all texts of the batch.
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
    B, T = input_ids.shape
    row = torch.rand(T, generator=generator) < p
    selected = row.expand(B, T) & (special_mask == 0)

    labels = input_ids.clone()
    labels[~selected] = -100

    out = input_ids.clone()
    fate = torch.rand(B, T, generator=generator)
    to_mask = selected & (fate < 0.8)
    to_random = selected & (fate >= 0.8) & (fate < 0.9)
    out[to_mask] = mask_id
    out[to_random] = torch.randint(vocab_size, (int(to_random.sum()),), generator=generator)
    return out, labels
