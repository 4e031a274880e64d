# cause: The triangle and the padding mask are combined with "or" instead of "and".
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    keys = attention_mask.bool().view(B, 1, T).expand(B, T, T)
    if not causal:
        return keys
    tri = torch.tril(torch.ones((T, T), dtype=torch.bool)).expand(B, T, T)
    return torch.logical_or(keys, tri)
