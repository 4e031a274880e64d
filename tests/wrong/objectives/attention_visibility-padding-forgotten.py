# cause: Padding is not hidden in causal mode.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    if causal:
        return torch.tril(torch.ones(T, T)).bool().unsqueeze(0).repeat(B, 1, 1)
    return attention_mask.bool().unsqueeze(1).repeat(1, T, 1)
