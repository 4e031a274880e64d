# cause: Uses triu instead of tril, so a position sees itself and what comes after.
# function: attention_visibility

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    B, T = attention_mask.shape
    visible = attention_mask.bool()[:, None, :].expand(B, T, T)
    if causal:
        visible = visible & torch.triu(torch.ones(T, T, dtype=torch.bool))
    return visible
