# cause: The mask is turned into lengths and the first `length` keys are shown, which is wrong where the padding is on the left.
# function: attention_visibility
import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    batch, size = attention_mask.shape
    lengths = attention_mask.long().sum(dim=1)
    positions = torch.arange(size, device=attention_mask.device)
    keys = positions[None, :] < lengths[:, None]
    visible = keys[:, None, :].expand(batch, size, size)
    if causal:
        visible = visible & (positions[None, :] <= positions[:, None])
    return visible.clone()
