# cause: The triangle is built with the shape of the mask (B, T) instead of (T, T), so shapes do not fit or the rule is applied along the batch.
# function: attention_visibility
import torch


def attention_visibility(attention_mask, causal):
    B, T = attention_mask.shape
    visible = attention_mask.bool()[:, None, :].repeat(1, T, 1)
    if causal:
        visible = visible & torch.tril(torch.ones_like(attention_mask)).bool()[:, None, :]
    return visible
