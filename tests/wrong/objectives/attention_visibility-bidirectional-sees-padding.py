# cause: Padding is only hidden in the causal branch; without it, everything is visible.
# function: attention_visibility

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    B, T = attention_mask.shape
    visible = torch.ones(B, T, T, dtype=torch.bool, device=attention_mask.device)
    if causal:
        visible = visible.tril()
        visible &= attention_mask.bool()[:, None, :]
    return visible
