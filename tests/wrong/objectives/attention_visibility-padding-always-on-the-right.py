# cause: The mask is reduced to a length and the first positions are taken for the tokens, which is wrong for padding on the left.
# function: attention_visibility
import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    batch, length = attention_mask.shape
    positions = torch.arange(length, device=attention_mask.device)
    lengths = attention_mask.long().sum(dim=1, keepdim=True)
    keys = positions < lengths
    visible = keys[:, None, :].expand(batch, length, length)
    if causal:
        return visible & (positions[None, :] <= positions[:, None])
    return visible.clone()
