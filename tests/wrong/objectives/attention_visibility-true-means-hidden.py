# cause: The convention is inverted: True stands where a key is hidden.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    hidden = (attention_mask == 0)[:, None, :].repeat(1, T, 1)
    if causal:
        future = torch.triu(torch.ones(T, T), diagonal=1).bool()
        hidden = hidden | future[None]
    return hidden
