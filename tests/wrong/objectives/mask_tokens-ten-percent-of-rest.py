# cause: Draws the random tokens with probability 0.1 among those not replaced by [MASK], instead of 0.5, so only 2 % become random and 18 % stay.
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
    inputs = input_ids.clone()
    labels = input_ids.clone()
    probability_matrix = torch.full(labels.shape, p)
    probability_matrix.masked_fill_(special_mask, value=0.0)
    masked_indices = torch.bernoulli(probability_matrix, generator=generator).bool()
    labels[~masked_indices] = -100

    indices_replaced = torch.bernoulli(torch.full(labels.shape, 0.8), generator=generator).bool() & masked_indices
    inputs[indices_replaced] = mask_id

    indices_random = (
        torch.bernoulli(torch.full(labels.shape, 0.1), generator=generator).bool() & masked_indices & ~indices_replaced
    )
    random_words = torch.randint(vocab_size, labels.shape, dtype=torch.long, generator=generator)
    inputs[indices_random] = random_words[indices_random]
    return inputs, labels
