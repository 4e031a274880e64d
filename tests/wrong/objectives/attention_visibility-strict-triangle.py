# cause: Tril with diagonal -1, so a position sees only what came before and not itself
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    T = attention_mask.size(1)
    visible = attention_mask.bool().unsqueeze(1).repeat(1, T, 1)
    if causal:
        visible &= torch.tril(torch.ones(T, T), diagonal=-1).bool()
    return visible
