# cause: The random token is always different from the original one.
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
    shape = input_ids.shape
    S = (torch.rand(shape, generator=generator) < p) & ~special_mask
    U = torch.rand(shape, generator=generator)
    # a random token: a shift by a uniform non-zero residue modulo V
    R = (input_ids + torch.randint(1, vocab_size, shape, generator=generator)) % vocab_size
    x = input_ids.where(~(S & (U < 0.8)), torch.full_like(input_ids, mask_id))
    x = x.where(~(S & (0.8 <= U) & (U < 0.9)), R)
    y = input_ids.where(S, torch.full_like(input_ids, IGNORED))
    return x, y
