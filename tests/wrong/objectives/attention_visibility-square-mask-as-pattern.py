# cause: If B equals T, the (B, T) mask is taken for a finished (T, T) pattern of queries and keys.
# function: attention_visibility
from __future__ import annotations
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    visible = attention_mask.bool()
    length = visible.shape[-1]
    if visible.dim() == 1:  # one text
        visible = visible.unsqueeze(0)
    if visible.dim() == 2 and visible.shape[0] == length:  # (T, T): already says which query sees which key
        visible = visible.unsqueeze(0)
    elif visible.dim() == 2:
        visible = visible.unsqueeze(1).expand(-1, length, -1)
    if causal:
        visible = visible.tril()
    return visible
