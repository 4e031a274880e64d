# cause: The upper triangle is kept, so a position sees the future instead of the past.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    T = attention_mask.size(1)
    out = attention_mask.bool()[:, None].repeat(1, T, 1)
    if causal:
        out &= torch.ones(T, T).triu().bool()
    return out
