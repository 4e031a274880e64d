# cause: Counts the tokens and takes the first n positions as real, which is wrong for padding on the left
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    lengths = attention_mask.long().sum(dim=1)
    keys = torch.arange(T, device=attention_mask.device)
    visible = (keys[None, None, :] < lengths[:, None, None]).expand(B, T, T)
    if causal:
        visible = visible & (keys[None, :] <= keys[:, None])
    return visible
