# cause: Follows the convention of nn.MultiheadAttention, True means hidden.
# function: attention_visibility

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    T = attention_mask.shape[-1]
    hidden = (attention_mask == 0)[:, None, :].repeat(1, T, 1)
    if causal:
        future = torch.triu(torch.ones(T, T, dtype=torch.bool, device=attention_mask.device), diagonal=1)
        hidden = hidden | future
    return hidden
