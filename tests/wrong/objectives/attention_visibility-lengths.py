# cause: The mask is reduced to the number of tokens of a text and the first so many keys are visible, which is wrong when padding stands on the left.
# function: attention_visibility

import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    lengths = attention_mask.long().sum(dim=1)
    visible = torch.zeros(B, T, T, dtype=torch.bool)
    for b in range(B):
        visible[b, :, : int(lengths[b])] = True
    if causal:
        visible &= torch.tril(torch.ones(T, T)).bool()
    return visible
