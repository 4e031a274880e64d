"""attention_visibility by way of additive masks: what is still finite at the end is visible."""

import torch


def attention_visibility(attention_mask, causal):
    length = attention_mask.shape[1]
    added = torch.zeros(len(attention_mask), length, length)
    added += torch.where(attention_mask.bool(), 0.0, float("-inf")).unsqueeze(-2)
    if causal:
        added += torch.full((length, length), float("-inf")).triu(diagonal=1)
    return added.isfinite()
