"""attention_visibility as an outer comparison of positions: who is padding stands infinitely far in the future."""

import torch


def attention_visibility(attention_mask, causal):
    places = torch.arange(attention_mask.shape[-1], dtype=torch.float32)
    keys = places.masked_fill(attention_mask == 0, float("inf"))[:, None, :]
    horizon = places if causal else torch.full_like(places, 1e9)
    return keys <= horizon[None, :, None]
