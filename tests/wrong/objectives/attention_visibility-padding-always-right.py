# cause: the visible keys are the first sum(mask) positions, which is wrong when the padding is on the left
# function: attention_visibility
import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    B, T = attention_mask.shape
    positions = torch.arange(T, device=attention_mask.device)
    lengths = attention_mask.sum(dim=1)
    keys = positions[None, :] < lengths[:, None]
    visible = keys[:, None, :].expand(B, T, T)
    if causal:
        visible = visible & (positions[None, :] <= positions[:, None])
    return visible
