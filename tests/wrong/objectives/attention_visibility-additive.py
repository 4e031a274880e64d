# cause: Returns the additive float mask (0 visible, -inf hidden) of attention scores instead of booleans; and: adds an axis for the heads.
# function: attention_visibility

import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    B, T = attention_mask.shape
    allowed = attention_mask[:, None, None, :].bool().expand(B, 1, T, T)
    if causal:
        allowed = allowed & torch.ones(T, T, dtype=torch.bool).tril()
    return torch.zeros(B, 1, T, T).masked_fill(~allowed, float("-inf"))
