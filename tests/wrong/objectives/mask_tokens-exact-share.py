# cause: exactly the share p of the tokens of the batch is selected, by a random permutation, instead of every token independently with probability p
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
    ordinary = (~special_mask).flatten().nonzero().squeeze(1)
    n_selected = round(p * len(ordinary))
    order = torch.randperm(len(ordinary), generator=generator)
    selected = torch.zeros(input_ids.numel(), dtype=torch.bool)
    selected[ordinary[order[:n_selected]]] = True
    selected = selected.view_as(input_ids)

    labels = input_ids.masked_fill(~selected, -100)
    draw = torch.rand(input_ids.shape, generator=generator)
    random_ids = torch.randint(vocab_size, input_ids.shape, generator=generator)
    corrupted = input_ids.clone()
    corrupted = torch.where(selected & (draw < 0.8), torch.full_like(corrupted, mask_id), corrupted)
    corrupted = torch.where(selected & (draw >= 0.8) & (draw < 0.9), random_ids, corrupted)
    return corrupted, labels
