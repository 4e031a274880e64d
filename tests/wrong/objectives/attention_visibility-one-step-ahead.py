# cause: The triangle reaches one place too far, so each position sees the next token.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    vis = (attention_mask != 0).unsqueeze(1).expand(B, T, T)
    if causal:
        vis = vis & torch.tril(torch.ones(T, T), diagonal=1).bool()
    return vis
