# cause: ELECTRA's 85/15: 85% of the selected tokens become [MASK], 15% stay, none becomes a random token.
# function: mask_tokens

import torch
from torch import Tensor

IGNORED = -100


MASK_PROB = 0.85


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """pretrain_helpers.mask()"""
    candidates_mask = torch.logical_not(special_mask)
    prob = torch.rand(input_ids.shape, generator=generator)
    masked_lm_weights = torch.logical_and(candidates_mask, torch.lt(prob, p))
    masked_lm_ids = torch.where(masked_lm_weights, input_ids, torch.full_like(input_ids, IGNORED))

    # update the input ids
    replace_with_mask = torch.rand(input_ids.shape, generator=generator) < MASK_PROB
    replace_with_mask = torch.logical_and(replace_with_mask, masked_lm_weights)
    inputs = torch.where(replace_with_mask, torch.full_like(input_ids, mask_id), input_ids)
    return inputs, masked_lm_ids
