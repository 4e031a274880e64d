# cause: The random id is round(u * V), cut to V - 1, so the last id is more likely than the others.
# function: mask_tokens
import torch
from torch import Tensor


IGNORED = -100


def mask_tokens(input_ids: Tensor, special_mask: Tensor, mask_id: int, vocab_size: int, p: float=0.15, generator: torch.Generator | None=None) -> tuple[Tensor, Tensor]:
    u, v, w = torch.rand(3, *input_ids.shape, generator=generator)
    selected = (u < p) & ~special_mask
    noise = (w * vocab_size).round().long().clamp(max=vocab_size - 1)
    case = torch.bucketize(v, torch.tensor([0.8, 0.9]), right=True)
    case = torch.where(selected, case, 2)
    choices = torch.stack([torch.full_like(input_ids, mask_id), noise, input_ids])
    corrupted = choices.gather(0, case[None])[0]
    labels = torch.where(selected, input_ids, IGNORED)
    return (corrupted, labels)
