# cause: The two poolings are concatenated along the batch axis and then viewed as (B, 2C), which mixes up the texts if there are several.
# function: mean_max_pool
import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Concatenate both poolings: what a text is like on average, and what stands out in it."""
    batch_size, _, width = hidden.shape
    m = mask.unsqueeze(-1).to(hidden.dtype)
    mean = (hidden * m).sum(dim=1) / m.sum(dim=1).clamp(min=1)
    maximum = hidden.masked_fill(mask.unsqueeze(-1) == 0, torch.finfo(hidden.dtype).min).amax(dim=1)
    return torch.cat([mean, maximum]).view(batch_size, 2 * width)
