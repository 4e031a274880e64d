# cause: Padding hides rows, the queries, instead of columns, the keys.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    vis = attention_mask.bool().unsqueeze(2).expand(B, T, T)
    if causal:
        vis = vis & torch.tril(torch.ones(T, T, dtype=torch.bool))
    return vis
