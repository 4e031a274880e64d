# cause: Applies the padding mask only in causal mode.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    if not causal:
        return torch.ones(B, T, T, dtype=torch.bool)
    keys = attention_mask.bool().view(B, 1, T)
    visible = keys.expand(B, T, T)  # the same keys for every query
    if causal:
        past = torch.ones(T, T, dtype=torch.bool, device=keys.device).tril()  # with the diagonal: each one sees itself
        visible = visible & past
    return visible
