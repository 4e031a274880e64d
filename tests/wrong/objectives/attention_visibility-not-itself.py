# cause: Cuts the diagonal too (strictly smaller), so no position sees itself.
# function: attention_visibility

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    keys = attention_mask.unsqueeze(1) == 1
    T = attention_mask.size(1)
    pos = torch.arange(T, device=attention_mask.device)
    if causal:
        return keys & (pos[None, :] < pos[:, None])
    return keys.repeat(1, T, 1)
