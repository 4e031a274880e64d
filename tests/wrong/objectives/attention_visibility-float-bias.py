# cause: An additive float mask of 0 and minus infinity is returned instead of booleans.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    bias = torch.zeros(B, T, T)
    bias = bias.masked_fill(attention_mask[:, None, :] == 0, float("-inf"))
    if causal:
        bias = bias.masked_fill(torch.triu(torch.ones(T, T), 1).bool(), float("-inf"))
    return bias
