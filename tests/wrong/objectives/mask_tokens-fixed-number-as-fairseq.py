# cause: fairseq's convention: int(p * n + u) tokens are selected in every text, so their number hardly varies, and they are not independent of one another
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
    """Select a fixed share of every text, then 80/10/10."""
    shape = input_ids.shape
    special = special_mask.bool()
    keys = torch.rand(shape, generator=generator).masked_fill(special, 2.0)
    ranks = keys.argsort(dim=1).argsort(dim=1)
    sizes = (~special).sum(dim=1, keepdim=True)
    extra = torch.rand(sizes.shape, generator=generator)
    n_selected = (p * sizes + extra).floor().long().minimum(sizes)
    selected = (ranks < n_selected) & ~special

    labels = input_ids.masked_fill(~selected, -100)
    action = torch.rand(shape, generator=generator)
    noise = torch.randint(vocab_size, shape, generator=generator)
    corrupted = input_ids.clone()
    corrupted[selected & (action < 0.8)] = mask_id
    swapped = selected & (action >= 0.8) & (action < 0.9)
    corrupted[swapped] = noise[swapped]
    return corrupted, labels
