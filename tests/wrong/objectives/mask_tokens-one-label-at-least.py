# cause: If the draw selects no token, one is selected all the same, so the tokens are not selected independently with probability p.
# function: mask_tokens

import torch
from torch import Tensor

IGNORED = -100


def _check(condition, message):
    if not condition:
        raise ValueError(message)


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    _check(input_ids.shape == special_mask.shape, "input_ids and special_mask differ in shape")
    _check(0.0 <= p <= 1.0, f"p must be between 0 and 1, not {p}")
    _check(0 <= mask_id < vocab_size, "mask_id is not in the vocabulary")
    ordinary = ~special_mask.bool()
    chance = torch.rand(input_ids.shape, generator=generator)
    case = torch.rand(input_ids.shape, generator=generator)
    noise = torch.randint(low=0, high=vocab_size, size=input_ids.shape, generator=generator)

    selected = ordinary & (chance < p)
    if p > 0 and bool(ordinary.any()) and not bool(selected.any()):
        # a batch without labels has no loss: take the token that came closest
        closest = chance.masked_fill(~ordinary, 2.0).argmin()
        selected.view(-1)[closest] = True

    labels = torch.full_like(input_ids, IGNORED)
    labels[selected] = input_ids[selected]
    corrupted = input_ids.clone()
    becomes_mask = selected & (case < 0.8)
    becomes_random = selected & (case >= 0.8) & (case < 0.9)
    corrupted[becomes_mask] = mask_id
    corrupted[becomes_random] = noise[becomes_random].to(corrupted.dtype)
    assert torch.equal(corrupted[~selected], input_ids[~selected])
    return corrupted, labels
