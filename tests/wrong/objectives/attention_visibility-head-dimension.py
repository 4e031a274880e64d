# cause: The mask has an extra dimension for the heads, (B, 1, T, T).
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    m = attention_mask[:, None, None, :].bool().expand(B, 1, T, T)
    if causal:
        m = m & torch.ones(T, T, dtype=torch.bool).tril()
    return m
