# cause: Random tokens are drawn with 0.1 among the selected tokens that were not masked (it must be one half of them), which leaves 2 % random and 18 % unchanged.
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
    def chance(share: float) -> Tensor:
        return torch.rand(input_ids.shape, generator=generator) < share

    selected = chance(p) & ~special_mask.bool()
    labels = torch.where(selected, input_ids, torch.full_like(input_ids, -100))
    masked = selected & chance(0.8)
    randomised = selected & ~masked & chance(0.1)
    random_ids = torch.randint(0, vocab_size, input_ids.shape, generator=generator)
    corrupted = input_ids.masked_fill(masked, mask_id)
    corrupted = torch.where(randomised, random_ids, corrupted)
    return corrupted, labels
