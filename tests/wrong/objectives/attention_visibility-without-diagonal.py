# cause: The causal triangle leaves out the diagonal, so no position sees itself.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    mask = attention_mask[:, None, :].expand(-1, T, -1) == 1
    if causal:
        idx = torch.arange(T)
        mask = mask & (idx[None, :] < idx[:, None])
    return mask
